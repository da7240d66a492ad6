"""The HTTP door: `/api/v1` as JSON, health, readiness and Prometheus metrics."""

from trailbell.web._app import make_app
from trailbell.web._metrics import METRICS, MetricField
from trailbell.web._routes import ROUTES, RouteField
from trailbell.web._server import WebServer, bind

__all__ = ["METRICS", "ROUTES", "MetricField", "RouteField", "WebServer", "bind", "make_app"]
