"""One outcome that holds something of everything, for the tests of the reports."""

from __future__ import annotations

from registry_lint.findings import Edit, Finding, Fix, Outcome, Span, Step, Unexamined
from registry_lint.report import Presentation, RuleCard

FILES = {
    "app/startup.py": (
        "from app.tools import Alpha, Beta\n\n\ndef start(app):\n    app.state.tool_classes = [Alpha, Beta]\n"
    ),
    "app/dispatch.py": (
        "import logging\n"
        "\n"
        "from app.registry import ToolRegistry\n"
        "\n"
        "\n"
        "class Dispatcher:\n"
        "    def load(self, tools):\n"
        "        registry = ToolRegistry()\n"
        "        for tool in tools:\n"
        "            name = type(tool).__name__.lower()\n"
        "            registry.register(\n"
        "                name,\n"
        "                tool,\n"
        "            )\n"
    ),
    "app/wide.py": "\tprint('日本語', registry.get('e\u0301'), ToolRegistry())\n",
}

DISPATCH = "app/dispatch.py"

CONSTRUCTION = Finding(
    "REG101",
    Span(DISPATCH, 8, 20, 8, 34),
    "ToolRegistry is built past its factory",
    help="call get_tool_registry()",
    name="direct-registry-construction",
    severity="warning",
    symbol="app.dispatch.Dispatcher.load",
    fingerprint="f101",
    fix=Fix(
        "safe",
        "Call get_tool_registry()",
        (
            Edit(Span(DISPATCH, 3, 26, 3, 38), "get_tool_registry"),
            Edit(Span(DISPATCH, 8, 20, 8, 34), "get_tool_registry()"),
        ),
    ),
)

KEY = Finding(
    "REG301",
    Span(DISPATCH, 10, 20, 10, 47),
    "the class name of `tool` becomes a registry key; where `tool` is a class, that is `modelmetaclass` for all",
    confidence="likely",
    trace=(
        Step(Span("app/startup.py", 5, 30, 5, 43), "list of classes built here"),
        Step(Span("app/startup.py", 5, 5, 5, 27), "stored as attribute tool_classes"),
        Step(Span("app/gone.py", 7, 1, 7, 9), "passed as tools="),
        Step(Span(DISPATCH, 12, 17, 12, 21), "the name becomes the key"),
    ),
    related=(Step(Span(DISPATCH, 8, 20, 8, 34), "the registry is built here"),),
    name="metaclass-name-key",
    severity="error",
    symbol="app.dispatch.Dispatcher.load",
    fingerprint="f301",
)

REGISTRATION = Finding(
    "REG202",
    Span(DISPATCH, 11, 13, 14, 14),
    "a class is registered",
    name="class-registered",
    severity="info",
    fix=Fix("unsafe", "Register an instance", (Edit(Span(DISPATCH, 13, 21, 13, 21), "()"),)),
)

WIDE = Finding("REG101", Span("app/wide.py", 1, 36, 1, 50), "ToolRegistry is built past its factory")

OUTCOME = Outcome(
    (CONSTRUCTION, KEY, REGISTRATION, WIDE),
    files=123,
    unexamined=(Unexamined("app/lost.py", "it vanished while it was read"),),
    bounds=("values of `tools` at app/startup.py:4: more than 10,000 callers",),
    suppressed=2,
    baselined=3,
    excluded=("backup",),
)

CLEAN = Outcome((), files=5)

CARDS = (
    RuleCard(
        "REG101",
        "direct-registry-construction",
        "A registry is built outside its factories.",
        "REG101 direct-registry-construction: A registry is built outside its factories.\n\n"
        "Why\n---\nTwo registries know two halves.\n\nInstead\n-------\nCall the factory:\n\n    get_tool_registry()",
        "error",
        "https://example.org/rules#REG101",
    ),
    RuleCard("REG301", "metaclass-name-key", "A class name becomes a key.", "REG301 metaclass-name-key: x", "error"),
)


def read(path: str) -> bytes:
    """The files of the sample."""
    if path not in FILES:
        raise FileNotFoundError(path)
    return FILES[path].encode()


PRESENTATION = Presentation(read, rules=CARDS, version="1.2.3")
