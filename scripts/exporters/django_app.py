"""Django under django-prometheus: django_app.py PORT"""
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path

settings.configure(
    ROOT_URLCONF=__name__,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="only-for-this-run",
    INSTALLED_APPS=["django_prometheus"],
    MIDDLEWARE=[
        "django_prometheus.middleware.PrometheusBeforeMiddleware",
        "django_prometheus.middleware.PrometheusAfterMiddleware",
    ],
)
django.setup()
urlpatterns = [
    path("", lambda _: HttpResponse("well")),
    path("bad", lambda _: HttpResponse("bad", status=500)),
    path("", include("django_prometheus.urls")),
]


class Silent(WSGIRequestHandler):
    def log_message(self, *_):
        pass


from django.core.wsgi import get_wsgi_application  # noqa: E402

make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application(), handler_class=Silent).serve_forever()
