"""By what forms well-known frameworks are told which functions to run.

A decorator or call counts by its last name and by whose it is: the type of what it is read from. The tables hold
what their documentations name; packages are the first parts of dotted names.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

Kind: TypeAlias = Literal[
    "route", "websocket", "task", "command", "startup", "shutdown", "lifespan", "hook", "main", "script", "contract"
]

# Packages whose objects register what the tables below name → the framework that a person would name.
WEB = {
    "fastapi": "fastapi",
    "starlette": "starlette",
    "flask": "flask",
    "flask_restx": "flask",
    "flask_restful": "flask",
    "flask_socketio": "flask",
    "quart": "quart",
    "sanic": "sanic",
    "aiohttp": "aiohttp",
    "django": "django",
    "ninja": "django",
    "rest_framework": "django",
    "channels": "django",
    "litestar": "litestar",
    "bottle": "bottle",
    "falcon": "falcon",
    "tornado": "tornado",
    "socketio": "socketio",
    "connexion": "connexion",
}
WORKERS = {
    "celery": "celery",
    "dramatiq": "dramatiq",
    "huey": "huey",
    "rq": "rq",
    "arq": "arq",
    "taskiq": "taskiq",
    "faust": "faust",
    "prefect": "prefect",
    "apscheduler": "apscheduler",
}
COMMANDS = {"click": "click", "typer": "typer", "asyncclick": "click", "flask": "flask", "cyclopts": "cyclopts"}
FRAMEWORKS = {**WEB, **WORKERS, **COMMANDS}

VERBS = ("get", "post", "put", "delete", "patch", "head", "options", "trace")

# The last name of a decorator → what it makes of a function, and whose objects may have such a decorator.
DECORATORS: dict[str, tuple[Kind, dict[str, str]]] = {
    **dict.fromkeys(VERBS, ("route", WEB)),
    "route": ("route", WEB),
    "api_route": ("route", WEB),
    "view": ("route", WEB),
    "websocket": ("websocket", WEB),
    "websocket_route": ("websocket", WEB),
    "on": ("websocket", {"socketio": "socketio", "flask_socketio": "flask"}),
    "event": ("websocket", {"socketio": "socketio", "flask_socketio": "flask"}),
    "on_event": ("startup", WEB),
    "listener": ("hook", WEB),
    "middleware": ("hook", WEB),
    "exception_handler": ("hook", WEB),
    "errorhandler": ("hook", WEB),
    "before_request": ("hook", WEB),
    "after_request": ("hook", WEB),
    "teardown_request": ("hook", WEB),
    "teardown_appcontext": ("shutdown", WEB),
    "before_first_request": ("startup", WEB),
    "before_serving": ("startup", WEB),
    "after_serving": ("shutdown", WEB),
    "before_server_start": ("startup", WEB),
    "after_server_stop": ("shutdown", WEB),
    "task": ("task", WORKERS),
    "periodic_task": ("task", WORKERS),
    "actor": ("task", WORKERS),
    "job": ("task", WORKERS),
    "agent": ("task", {"faust": "faust"}),
    "scheduled_job": ("task", WORKERS),
    "flow": ("task", {"prefect": "prefect"}),
    "shared_task": ("task", WORKERS),
    "command": ("command", COMMANDS),
    "group": ("command", COMMANDS),
    "callback": ("command", {"typer": "typer"}),
    "default": ("command", {"cyclopts": "cyclopts"}),
}

# Receivers that are taken for an application or router where their type is not known.
APPLICATION_NAMES = r"(?:\w*_)?(?:app|router|api|blueprint|bp|routes|application|sub_app|webapp)"


class Registering(NamedTuple):
    """A call that registers a function: where the handler stands among its arguments."""

    kind: Kind
    keywords: tuple[str, ...]
    position: int


_ENDPOINT = ("endpoint", "route", "handler", "view_func", "view", "func")
CALLS: dict[str, Registering] = {
    "add_api_route": Registering("route", _ENDPOINT, 1),
    "add_route": Registering("route", _ENDPOINT, 1),
    "add_url_rule": Registering("route", _ENDPOINT, 2),
    "add_view": Registering("route", _ENDPOINT, 1),
    **{f"add_{verb}": Registering("route", _ENDPOINT, 1) for verb in VERBS},
    "Route": Registering("route", _ENDPOINT, 1),
    "APIRoute": Registering("route", _ENDPOINT, 1),
    "add_websocket_route": Registering("websocket", _ENDPOINT, 1),
    "add_api_websocket_route": Registering("websocket", _ENDPOINT, 1),
    "WebSocketRoute": Registering("websocket", _ENDPOINT, 1),
    "APIWebSocketRoute": Registering("websocket", _ENDPOINT, 1),
    "add_event_handler": Registering("startup", ("func", "handler"), 1),
    "add_job": Registering("task", ("func",), 0),
}
# `web.get("/", handler)` of aiohttp, `path("x/", view)` of Django: names that everything has.
FUNCTIONS: dict[str, Registering] = {
    **{f"aiohttp.web.{verb}": Registering("route", ("handler",), 1) for verb in (*VERBS, "view")},
    "django.urls.path": Registering("route", ("view",), 1),
    "django.urls.re_path": Registering("route", ("view",), 1),
    "django.conf.urls.url": Registering("route", ("view",), 1),
    "channels.routing.path": Registering("websocket", ("view",), 1),
    "atexit.register": Registering("shutdown", ("func",), 0),
    "signal.signal": Registering("shutdown", ("handler",), 1),
}
# Lists of an application that hooks are put into, and keywords that take hooks.
HOOKS: dict[str, Kind] = {
    "on_startup": "startup",
    "on_shutdown": "shutdown",
    "on_cleanup": "shutdown",
    "cleanup_ctx": "lifespan",
    "lifespan": "lifespan",
}

_HTTP_METHODS = VERBS
_SOCKET_METHODS = (
    "on_connect", "on_receive", "on_disconnect", "connect", "receive", "receive_json", "disconnect", "open",
    "on_message", "on_close", "websocket_connect", "websocket_receive", "websocket_disconnect",
)  # fmt: skip
_VIEWSET_METHODS = ("list", "create", "retrieve", "update", "partial_update", "destroy")


class Handling(NamedTuple):
    """A third-party base class whose subclasses handle requests: which of their methods are run."""

    package: str
    name: str  # the end of the class's name
    kind: Kind
    methods: tuple[str, ...]


HANDLERS = (
    Handling("starlette", "HTTPEndpoint", "route", _HTTP_METHODS),
    Handling("starlette", "WebSocketEndpoint", "websocket", _SOCKET_METHODS),
    Handling("starlette", "BaseHTTPMiddleware", "hook", ("dispatch",)),
    Handling("fastapi", "WebSocketEndpoint", "websocket", _SOCKET_METHODS),
    Handling("flask", "View", "route", (*_HTTP_METHODS, "dispatch_request")),
    Handling("flask_restful", "Resource", "route", _HTTP_METHODS),
    Handling("flask_restx", "Resource", "route", _HTTP_METHODS),
    Handling("flask_socketio", "Namespace", "websocket", _SOCKET_METHODS),
    Handling("aiohttp", "View", "route", _HTTP_METHODS),
    Handling("django", "View", "route", (*_HTTP_METHODS, "dispatch", "get_context_data", "form_valid")),
    Handling("django", "BaseCommand", "command", ("handle",)),
    Handling("django", "AppConfig", "startup", ("ready",)),
    Handling("rest_framework", "View", "route", (*_HTTP_METHODS, *_VIEWSET_METHODS)),
    Handling("rest_framework", "ViewSet", "route", (*_HTTP_METHODS, *_VIEWSET_METHODS)),
    Handling("channels", "Consumer", "websocket", _SOCKET_METHODS),
    Handling("tornado", "WebSocketHandler", "websocket", _SOCKET_METHODS),
    Handling("tornado", "RequestHandler", "route", _HTTP_METHODS),
    Handling("celery", "Task", "task", ("run", "__call__")),
    Handling("socketserver", "RequestHandler", "route", ("handle",)),
    Handling("http", "BaseHTTPRequestHandler", "route", tuple(f"do_{verb.upper()}" for verb in VERBS)),
)
