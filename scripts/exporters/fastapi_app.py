"""FastAPI under prometheus-fastapi-instrumentator: fastapi_app.py PORT"""
import sys
import uvicorn
from fastapi import FastAPI, Response
from prometheus_fastapi_instrumentator import Instrumentator

app = FastAPI()


@app.get("/")
async def well():
    return "well"


@app.get("/bad")
async def bad():
    return Response("bad", 500)


Instrumentator().instrument(app).expose(app)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
