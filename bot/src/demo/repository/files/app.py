"""The shop: pages for customers, as JSON."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json

from shop import cart, catalog, checkout, config

ROUTES = {
    "/products": catalog.products,
    "/cart": cart.show,
    "/checkout": checkout.form,
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        page = ROUTES.get(self.path.split("?")[0])
        if page is None:
            return self.answer(404, {"error": "no such page"})
        return self.answer(200, page())

    def answer(self, code, body):
        text = json.dumps(body).encode()
        self.send_response(code)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(text)


def main():
    settings = config.load()
    ThreadingHTTPServer((settings["host"], settings["port"]), Handler).serve_forever()
