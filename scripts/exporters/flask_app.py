"""Flask under prometheus-flask-exporter: flask_app.py PORT"""
import sys
from flask import Flask
from prometheus_flask_exporter import PrometheusMetrics

app = Flask(__name__)
PrometheusMetrics(app)


@app.route("/")
def well():
    return "well"


@app.route("/bad")
def bad():
    return "bad", 500


app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
