"""Starlette under starlette_exporter: starlette_app.py PORT"""
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette_exporter import PrometheusMiddleware, handle_metrics


async def well(_):
    return PlainTextResponse("well")


async def bad(_):
    return PlainTextResponse("bad", 500)


app = Starlette(routes=[Route("/", well), Route("/bad", bad), Route("/metrics", handle_metrics)])
app.add_middleware(PrometheusMiddleware)
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
