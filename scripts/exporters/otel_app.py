"""Flask under OpenTelemetry's instrumentation and its Prometheus reader: otel_app.py PORT METRICS_PORT
OTEL_SEMCONV_STABILITY_OPT_IN=http gives the new names."""
import sys
from flask import Flask
from opentelemetry import metrics
from opentelemetry.exporter.prometheus import PrometheusMetricReader
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from prometheus_client import start_http_server

metrics.set_meter_provider(MeterProvider(metric_readers=[PrometheusMetricReader()]))
app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)


@app.route("/")
def well():
    return "well"


@app.route("/bad")
def bad():
    return "bad", 500


start_http_server(int(sys.argv[2]), "127.0.0.1")
app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
