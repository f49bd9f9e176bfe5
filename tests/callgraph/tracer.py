"""Run `python ARGUMENTS…` and write down which function of a package called which: the truth for `measure`.

    python tracer.py OUT.json PACKAGE_FOLDER ARGUMENTS…        ARGUMENTS: what follows `python`, as in `-m pytest tests`

Stands alone (it runs under the interpreter of the traced project) and is only ever started in a process of its own.
From Python 3.12 on `sys.monitoring` tells calls before they begin, so the call of a generator function is seen where
it is written; before, `sys.setprofile` tells when a function begins, and generators' callers are left out.

A frame of the package whose caller is one, too, is an edge. Where other code lies between (a library that calls
back), it is none: which callback a library calls is no call of the package. Only what `contextlib` and `functools`
wrap counts as called directly. Comprehensions and lambdas count as the
function around them, class bodies as the module: so does our graph. Calls *of* a lambda are left out: it has no name.

Writes {"edges": [[caller path, name, row, column, end row, end column, callee path, name, operation]…],
"sites": [[path, row, column, end row, end column]…], "ran": [[path, name]…]}: rows from 1, columns from 0 in bytes;
names are qualified, without `<locals>`, "" for a module; `sites` are the calls that were made (empty before 3.12).
An operation is CALL, BACK where what was called is C code that came back (`sorted(key=f)`, `str(x)`), or the
instruction that runs code without a call.
"""

from __future__ import annotations

import contextlib
import dis
import functools
import json
import os
import re
import runpy
import sys
import threading
from inspect import CO_ASYNC_GENERATOR, CO_COROUTINE, CO_GENERATOR, CO_OPTIMIZED
from pathlib import Path
from types import CodeType, FrameType, FunctionType, MethodType

_INNER = re.compile(r"(?:\.<locals>)?\.?<(?:lambda|listcomp|setcomp|dictcomp|genexpr)>")
_WRAPPERS = frozenset({contextlib.__file__, functools.__file__})
_SUSPENDED = CO_GENERATOR | CO_ASYNC_GENERATOR | CO_COROUTINE


class Trace:
    """What was seen; codes as they are, so that a call costs little."""

    def __init__(self, folder: str) -> None:
        self.prefix = os.path.realpath(folder) + os.sep
        self.edges: set[tuple[CodeType, int, CodeType]] = set()
        self.sites: dict[tuple[CodeType, int], bool] = {}  # whether what was called last is Python code
        self.backs: set[tuple[CodeType, int, CodeType]] = set()  # edges where it is not: C code called back
        self.ran: set[CodeType] = set()
        self._ours: dict[str, bool] = {}

    def is_ours(self, code: CodeType) -> bool:
        """Whether code stands in the package."""
        name = code.co_filename
        known = self._ours.get(name)
        if known is None:
            known = self._ours[name] = os.path.realpath(name).startswith(self.prefix)
        return known

    def began(self, code: CodeType, caller: FrameType | None) -> None:
        """A function of the package begins."""
        self.ran.add(code)
        wrapped = False
        while caller is not None and caller.f_code.co_filename in _WRAPPERS:
            caller, wrapped = caller.f_back, True
        if caller is None or not self.is_ours(caller.f_code):
            return
        if code.co_flags & _SUSPENDED and not wrapped:
            operation = _operation(caller.f_code, caller.f_lasti)
            if operation == "CALL" or (operation == "SEND" and not code.co_name.startswith("__")):
                return  # it begins when it is first resumed, wherever that is; its call was seen before
        edge = (caller.f_code, caller.f_lasti, code)
        if self.sites.get(edge[:2], True):
            self.edges.add(edge)
        else:
            self.backs.add(edge)

    # --- Python 3.12 and later ---

    def monitor(self) -> None:
        """Listen to the interpreter's events."""
        watch = sys.monitoring
        tool = watch.PROFILER_ID
        watch.use_tool_id(tool, "callgraph")

        def start(code: CodeType, _offset: int) -> object:
            if not self.is_ours(code):
                return watch.DISABLE
            if code not in self.ran:
                watch.set_local_events(tool, code, watch.events.CALL)
            self.began(code, sys._getframe(1).f_back)
            return None

        def call(code: CodeType, offset: int, called: object, _first: object) -> None:
            function = called.__func__ if isinstance(called, MethodType) else called
            self.sites[code, offset] = (
                function.__module__ != "builtins"
                if isinstance(function, type)
                else isinstance(function, FunctionType) or isinstance(type(function).__call__, FunctionType)
            )
            if isinstance(function, FunctionType) and self.is_ours(function.__code__):
                self.edges.add((code, offset, function.__code__))

        watch.register_callback(tool, watch.events.PY_START, start)
        watch.register_callback(tool, watch.events.CALL, call)
        watch.set_events(tool, watch.events.PY_START)

    # --- before ---

    def profile(self) -> None:
        """Let every thread tell when a function begins."""

        def heard(frame: FrameType, event: str, _argument: object) -> None:
            if event == "call" and self.is_ours(frame.f_code):
                wrapped = frame.f_back is not None and frame.f_back.f_code.co_filename in _WRAPPERS
                if frame.f_code.co_flags & (CO_GENERATOR | CO_ASYNC_GENERATOR) and not wrapped:
                    self.ran.add(frame.f_code)  # resumed, by whomever
                else:
                    self.began(frame.f_code, frame.f_back)

        threading.setprofile(heard)
        sys.setprofile(heard)

    # --- what is written ---

    def record(self) -> dict[str, list[list[object]]]:
        """All of it, in names and positions; sorted."""
        edges = {
            (*self._name(caller), *_position(caller, offset), *self._name(callee), operation)
            for found in (self.edges, self.backs)
            for caller, offset, callee in found
            for operation in ["BACK" if found is self.backs else _operation(caller, offset)]
            if _is_function(callee)
        }
        sites = {(self._name(code)[0], *_position(code, offset)) for code, offset in self.sites}
        ran = {self._name(code) for code in self.ran}
        return {name: sorted(map(list, found)) for name, found in (("edges", edges), ("sites", sites), ("ran", ran))}

    def _name(self, code: CodeType) -> tuple[str, str]:
        path = os.path.realpath(code.co_filename).removeprefix(self.prefix).replace(os.sep, "/")
        name = _INNER.sub("", code.co_qualname)
        if not code.co_flags & CO_OPTIMIZED:  # a class body, or the module itself
            name = name.rpartition(".<locals>.")[0]
        return path, name.replace(".<locals>", "").removeprefix("<module>").lstrip(".")


def _is_function(code: CodeType) -> bool:
    return bool(code.co_flags & CO_OPTIMIZED) and not code.co_name.startswith("<")


def _position(code: CodeType, offset: int) -> tuple[int, int, int, int]:
    row, end_row, column, end_column = list(code.co_positions())[offset // 2]
    return row or 0, column or 0, end_row or 0, end_column or 0


def _operation(code: CodeType, offset: int) -> str:
    """What the caller did: CALL, or the instruction that ran code without a call (LOAD_ATTR, BINARY_OP, FOR_ITER…)."""
    while offset > 0 and dis.opname[code.co_code[offset]] == "CACHE":
        offset -= 2
    name = dis.opname[code.co_code[offset]]
    return "CALL" if name.startswith(("CALL", "PRECALL")) else name


def main() -> None:
    """Trace, and write what was seen however the traced program ends."""
    out, folder, *arguments = sys.argv[1:]
    trace = Trace(folder)
    if sys.version_info >= (3, 12):
        trace.monitor()
    else:
        trace.profile()
    sys.argv = arguments[1:] if arguments[0] == "-m" else arguments
    sys.path[0] = str(Path.cwd())
    try:
        if arguments[0] == "-m":
            runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(arguments[0], run_name="__main__")
    finally:
        if sys.version_info >= (3, 12):
            sys.monitoring.set_events(sys.monitoring.PROFILER_ID, 0)
        else:
            sys.setprofile(None)
        Path(out).write_text(json.dumps(trace.record()), encoding="utf-8")


if __name__ == "__main__":
    main()
