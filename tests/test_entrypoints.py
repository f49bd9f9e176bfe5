"""Where programs begin: every framework's forms, and what only looks like one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry_lint import examples
from registry_lint.config.load import settings_from
from registry_lint.project.model import Project
from registry_lint.source.corpus import MemoryCorpus

if TYPE_CHECKING:
    from registry_lint.project.entrypoints import EntryPoint

FORMS = {
    "fastapi route": (
        "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/x')\ndef f(): ...",
        ("route", "fastapi", "POST /x", 0),
    ),
    "fastapi router": (
        "from fastapi import APIRouter\nr = APIRouter()\n@r.get('')\nasync def f(): ...",
        ("route", "fastapi", "GET ", 0),
    ),
    "fastapi socket": (
        "from fastapi import APIRouter\nr = APIRouter()\n@r.websocket('/ws')\nasync def f(s): ...",
        ("websocket", "fastapi", "websocket /ws", 0),
    ),
    "fastapi startup": (
        "from fastapi import FastAPI\napp = FastAPI()\n@app.on_event('startup')\nasync def f(): ...",
        ("startup", "fastapi", "startup f", 0),
    ),
    "fastapi shutdown": (
        "from fastapi import FastAPI\napp = FastAPI()\n@app.on_event('shutdown')\nasync def f(): ...",
        ("shutdown", "fastapi", "shutdown f", 0),
    ),
    "lifespan": (
        "from fastapi import FastAPI\nasync def f(app): yield\napp = FastAPI(lifespan=f)",
        ("lifespan", "", "lifespan f", 0),
    ),
    "registered route": (
        "from fastapi import FastAPI\ndef f(): ...\napp = FastAPI()\napp.add_api_route('/x', f)",
        ("route", "fastapi", "route /x", 0),
    ),
    "event handler": (
        "from fastapi import FastAPI\ndef f(): ...\napp = FastAPI()\napp.add_event_handler('shutdown', f)",
        ("shutdown", "fastapi", "shutdown f", 0),
    ),
    "starlette table": (
        "from starlette.routing import WebSocketRoute\nasync def f(s): ...\nroutes = [WebSocketRoute('/ws', f)]",
        ("websocket", "starlette", "websocket /ws", 0),
    ),
    "starlette class": (
        "from starlette.endpoints import HTTPEndpoint\nclass C(HTTPEndpoint):\n    def get(self, r): ...",
        ("route", "starlette", "route C.get", 0),
    ),
    "flask": (
        "from flask import Blueprint\nbp = Blueprint('a', __name__)\n@bp.route('/x')\ndef f(): ...",
        ("route", "flask", "route /x", 0),
    ),
    "flask rule": (
        "from flask import Flask\napp = Flask(__name__)\ndef f(): ...\napp.add_url_rule('/x', view_func=f)",
        ("route", "flask", "route /x", 0),
    ),
    "django view": (
        "from django.urls import path\ndef f(request): ...\nurlpatterns = [path('x/', f)]",
        ("route", "django", "route x/", 0),
    ),
    "django class": (
        "from django.views import View\nclass C(View):\n    def post(self, request): ...",
        ("route", "django", "route C.post", 0),
    ),
    "django command": (
        "from django.core.management.base import BaseCommand\nclass Command(BaseCommand):\n    def handle(self): ...",
        ("command", "django", "command Command.handle", 0),
    ),
    "aiohttp": (
        "from aiohttp import web\nasync def f(r): ...\napp = web.Application()\napp.add_routes([web.get('/x', f)])",
        ("route", "aiohttp", "GET /x", 0),
    ),
    "aiohttp hook": (
        "from aiohttp import web\nasync def f(app): ...\napp = web.Application()\napp.on_cleanup.append(f)",
        ("shutdown", "", "shutdown f", 0),
    ),
    "celery": (
        "from celery import Celery\napp = Celery()\n@app.task\ndef f(): ...",
        ("task", "celery", "task f", 0),
    ),
    "celery shared": (
        "from celery import shared_task\n@shared_task(bind=True)\ndef f(self): ...",
        ("task", "celery", "task f", 0),
    ),
    "click": ("import click\n@click.command()\ndef f(): ...", ("command", "click", "command f", 0)),
    "click group": (
        "import click\n@click.group()\ndef cli(): ...\n@cli.command('go')\ndef f(): ...",
        ("command", "click", "command go", 0),
    ),
    "typer": (
        "import typer\napp = typer.Typer()\n@app.command()\ndef f(): ...",
        ("command", "typer", "command f", 0),
    ),
    "exit": ("import atexit\ndef f(): ...\natexit.register(f)", ("shutdown", "atexit", "shutdown f", 0)),
    "main block": ("def f(): ...\nif __name__ == '__main__':\n    f()", ("main", "python", "script app.py", 0)),
    "argparse": (
        "import argparse\ndef f(): argparse.ArgumentParser()\nif '__main__' == __name__:\n    f()",
        ("main", "argparse", "script app.py", 0),
    ),
    "main function": ("def main(): ...", ("main", "python", "main of app.py", 1)),
    "unknown router": (
        "from elsewhere import router\n@router.get('/x')\ndef f(): ...",
        None,
    ),
    "router of unknown origin": (
        "def build(router):\n    @router.get('/x')\n    def f(): ...",
        ("route", "", "GET /x", 1),
    ),
}


def entries(text: str, configuration: str = "") -> tuple[EntryPoint, ...]:
    of = Project(MemoryCorpus(examples.parse(text).sources), settings_from(configuration))
    found = of.entry_points.all
    # what is asked of some nodes only must be the same
    assert of.entry_points.among({entry.node for entry in found}) == found
    return found


@pytest.mark.parametrize("form", FORMS)
def test_each_form_is_an_entry_point(form: str) -> None:
    text, expected = FORMS[form]
    found = {(entry.kind, entry.framework, entry.label, entry.level) for entry in entries(f"--- app.py\n{text}\n")}
    if expected is None:
        assert found == set()
    else:
        assert expected in found


NONE = {
    "a client": "import httpx\n@httpx.get('/x')\ndef f(): ...",
    "a registry": "class R:\n    def get(self, n): ...\nr = R()\n@r.get('/x')\ndef f(): ...",
    "a property": "class C:\n    @property\n    def get(self): ...",
    "a mock": "import respx\n@respx.get('/x')\ndef f(): ...",
    "a comment": "# @app.get('/x')\ndef f(): ...",
}


@pytest.mark.parametrize("case", NONE)
def test_what_only_looks_like_one_is_none(case: str) -> None:
    assert entries(f"--- app.py\n{NONE[case]}\n") == ()


def test_tests_and_fixtures_are_no_entry_points() -> None:
    assert entries("--- tests/test_a.py\nimport click\n@click.command()\ndef f(): ...\n") == ()


SCRIPTS = {
    "pyproject": ("pyproject.toml", '[project.scripts]\nrun = "app:start"'),
    "poetry": ("pyproject.toml", '[tool.poetry.scripts]\nrun = { reference = "app:start", type = "console" }'),
    "setup.cfg": ("setup.cfg", "[options.entry_points]\nconsole_scripts =\n    run = app:start [extra]"),
}


@pytest.mark.parametrize("case", SCRIPTS)
def test_console_scripts_are_entry_points(case: str) -> None:
    path, text = SCRIPTS[case]
    found = scripts(path, text)
    assert [(entry.kind, entry.framework, entry.label) for entry in found] == [("script", path, "console script run")]


def scripts(path: str, text: str) -> tuple[EntryPoint, ...]:
    class Corpus(MemoryCorpus):
        """Lists Python files only, as a corpus on disk does."""

        def __init__(self) -> None:
            super().__init__({"app.py": "def start(): ...\n", path: text})
            self.paths = ("app.py",)

    return Project(Corpus(), settings_from("")).entry_points.all


@pytest.mark.parametrize("text", ["not = [toml", "[project]\nscripts = 3", "[project.scripts]\nrun = 3"])
def test_a_broken_pyproject_declares_none(text: str) -> None:
    assert scripts("pyproject.toml", text) == ()


def test_the_configuration_names_more() -> None:
    found = entries("--- app.py\ndef begin(): ...\n", 'entry-points = ["app.begin"]')
    assert [(entry.kind, entry.label) for entry in found] == [("contract", "app.begin")]
