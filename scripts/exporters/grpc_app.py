"""A gRPC server under py-grpc-prometheus, with a customer of its own: grpc_app.py PORT METRICS_PORT"""
import sys
import time
from concurrent import futures
import grpc
from prometheus_client import start_http_server
from py_grpc_prometheus.prometheus_server_interceptor import PromServerInterceptor


class Shop(grpc.GenericRpcHandler):
    def service(self, details):
        def call(request, context):
            if details.method.endswith("Bad"):
                context.abort(grpc.StatusCode.INTERNAL, "bad")
            return request

        return grpc.unary_unary_rpc_method_handler(call)


server = grpc.server(
    futures.ThreadPoolExecutor(4), handlers=[Shop()], interceptors=[PromServerInterceptor(enable_handling_time_histogram=True)]
)
server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
start_http_server(int(sys.argv[2]), "127.0.0.1")
channel = grpc.insecure_channel(f"127.0.0.1:{sys.argv[1]}")
well, bad = channel.unary_unary("/shop.Shop/Well"), channel.unary_unary("/shop.Shop/Bad")
for count in range(100_000):
    try:
        (bad if count % 100 == 0 else well)(b"x", timeout=5)
    except grpc.RpcError:
        pass
    time.sleep(0.04)
