"""One file, whatever stands in it: an answer within a bound of time, memory and stack, and never an exception."""

from __future__ import annotations

import ast
import os
import random
import resource
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest

from registry_lint.facts import tables
from registry_lint.facts.extract import extract
from registry_lint.facts.records import FileFacts, Unparsable

MANY = 100_000
# Per cent of the sizes that no promise names. LARGE=100 makes the long run.
LARGE_BY = int(os.environ.get("LARGE", "40"))
# Seconds of processor time for one file. On an idle machine the worst takes 3, and 8 with LARGE=100.
BOUND = 20

STDLIB = Path(os.__file__).parent
# A byte order mark and a comment that says `utf8`: Python's tokeniser knows the mark's encoding by one spelling only.
READ_ALL_THE_SAME = {"bad_coding2.py"}


def some(number: int) -> int:
    return number * LARGE_BY // 100


def repeated(form: str, times: int) -> str:
    return "".join(form.replace("%d", str(number)) for number in range(times))


# name: (source, whether it gives facts; None where that depends on the interpreter's version)
LARGE: dict[str, tuple[str | bytes, bool | None]] = {
    "nested parentheses": ("x = " + "(" * MANY + ")" * MANY, False),
    "nested parentheses, all that Python takes": ("x = " + "(" * 150 + "a" + ")" * 150, True),
    "opened and never closed": ("f(" * MANY, False),
    "nested lists": ("x = " + "[" * MANY + "]" * MANY, False),
    "attribute chain": ("x = a" + ".b" * 5_000, None),
    "attribute chain that people might write": ("x = a" + ".b" * 500, True),
    "calls of calls": ("x = a" + ".b()" * 5_000, None),
    "subscripts": ("x = a" + "[0]" * MANY, False),
    "operators": ("x = a" + " + b" * 5_000, None),
    "five hundred operators": ("x = 'a'" + " + 'b'" * 500, True),
    "a hundred thousand operators": ("x = a" + " + b" * MANY, False),
    "negations": ("if " + "not " * MANY + "a: pass", False),
    "powers": ("x = a" + "**b" * 5_000, None),
    "conditional expressions": ("x = " + "a if b else " * 5_000 + "c", None),
    "lambdas": ("x = " + "lambda: " * 5_000 + "c", False),
    "one condition of many operands": ("x = a" + " and b" * MANY, True),
    "one comparison of many operands": ("x = a" + " < b" * MANY, True),
    "arms of an if": ("if a:\n  pass\n" + "elif b:\n  x = 1\n" * 5_000, None),
    "indented too deeply": ("".join(" " * i + "if a:\n" for i in range(1_000)) + " " * 1_000 + "pass", False),
    "a million elements": ("x = [" + "1," * 1_000_000 + "]", True),
    "a million elements behind a letter": ("x = ['é'," + "a," * 500_000 + "]", True),
    "a large dictionary": ("x = {" + repeated("'k%d': %d,", some(200_000)) + "}", True),
    "ten megabytes of text on one line": ("x = '" + "a" * 10_000_000 + "'", True),
    "ten megabytes of letters on one line": ("x = 'é" + "ü" * 5_000_000 + "'", True),
    "ten megabytes of statements on one line": ("x=1;" * 2_500_000, False),
    "many statements behind a letter": ("é=1;" * some(100_000), True),
    "ten million empty lines": ("\n" * 10_000_000, True),
    "continued lines": ("\\\n" * MANY, None),
    "an f-string of many parts": ("x = f'" + "{a}" * MANY + "'", False),
    "an f-string of some parts": ("x = f'" + "{a}" * 2_000 + "'", True),
    "texts side by side": ("x = " + "'a' " * MANY, True),
    "targets": ("a = " * MANY + "1", True),
    "patterns": ("match x:\n case " + "1 | " * MANY + "1: pass", True),
    "decorators": ("@a\n" * MANY + "def f(): pass", True),
    "parameters": ("def f(" + repeated("a%d,", some(MANY)) + "): pass", True),
    "arguments": ("f(" + repeated("a%d=1,", some(MANY)) + ")", True),
    "one name in many branches": ("".join(f"if a: x = {i}\n" for i in range(some(20_000))), True),
    "one name in many handlers": ("".join(f"try: x = {i}\nexcept E: pass\n" for i in range(some(20_000))), True),
    "one name bound often in a try": ("try:\n" + " x = 1\n" * some(50_000) + "except E: pass\n", True),
    "one name counted up": ("x = 0\n" + "x += 1\n" * some(30_000), True),
    "many names in many branches": (repeated("v%d = 1\nif v%d: v%d = 2\n", 20_000), False),
    "many tests of many names": (repeated("if a%d is None: raise E\n", some(20_000)), None),
    "many tests of one name": ("assert a\n" * some(20_000), True),
    "many methods of one name": ("class C:\n" + " def f(self): pass\n" * some(20_000), True),
    "many functions": (repeated("def f%d(): pass\n", some(50_000)), True),
    "a number of many digits": ("x = " + "9" * 5_000, None),
    "comprehensions of many loops": ("[a " + "for a in b " * 5_000 + "]", None),
    "with statements of many parts": ("with " + "a as b," * 5_000 + "a as b:\n pass\n", None),
}


@pytest.mark.parametrize("name", LARGE)
def test_large_and_deep_files_end_within_bounds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_MOST_COPIED", some(tables._MOST_COPIED))
    source, gives_facts = LARGE[name]
    data = source.encode() if isinstance(source, str) else source
    begun = time.process_time()
    found = extract(data)
    took = time.process_time() - begun
    assert took < BOUND, f"{took:.1f} s"
    if gives_facts is not None:
        assert isinstance(found, FileFacts) is gives_facts, found if isinstance(found, Unparsable) else "facts"
    # Kilobytes, of this whole process; the texts of the table take 0.2 GB.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 3_000_000


ENCODED: dict[str, tuple[bytes, bool]] = {
    "empty": (b"", True),
    "a byte order mark and nothing": (b"\xef\xbb\xbf", True),
    "byte order mark": (b"\xef\xbb\xbfx = 1\n", True),
    "two byte order marks": (b"\xef\xbb\xbf\xef\xbb\xbfx = 1\n", False),
    "UTF-16": ("x = 1\n".encode("utf-16"), False),
    "UTF-16 without a mark": ("x = 1\n".encode("utf-16-le"), False),
    "UTF-32": ("x = 1\n".encode("utf-32"), False),
    "latin-1 that does not say so": (b"x = '\xe9'\n", False),
    "latin-1 that says so": (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", True),
    "an encoding that is none": (b"# coding: rot13\nk = 1\n", False),
    "an encoding that runs code in no case": (b"# coding: ../../evil\nk = 1\n", False),
    "UTF-7 with half a pair": (b"# coding: utf-7\nx = '+2AA-'\n", False),
    "escapes as an encoding": (b"# coding: unicode_escape\nx = '\\x41'\\n\n", True),
    "NUL": (b"x = 1\0\n", False),
    "NUL in a comment": (b"# \0\nx = 1\n", False),
    "CR only": (b"x = 1\ry = 2\r", True),
    "CR and LF and both": (b"x = 1\r\ny = 2\rz = 3\n", True),
    "form feeds": (b"\fx = 1\n\f\fclass C:\n\f    y = 2\n", True),
    "vertical tab": (b"x = 1\n\vy = 2\n", False),
    "control-Z at the end": (b"x = 1\n\x1a", False),
    "encoded surrogate": (b"x = '\xed\xa0\x80'\n", False),
    "escaped surrogates everywhere": (
        b"x = '\\ud800'; d['\\udfff'] = x; setattr(a, '\\ud800', 1); __all__ = ['\\ud800']; f(**{'\\ud800': 1})\n",
        True,
    ),
    "bidirectional and invisible": ("x = '\u202e\u2066 \u200b'  # \u202e\n".encode(), True),
    "no-break space": ("x\u00a0= 1\n".encode(), False),
    "mathematical letters": ("\U0001d400\U0001d401 = ﬁ = 1\n".encode(), True),
    "line separators in a text": ("x = '\u2028\u0085\x1c'\ny = 2\n".encode(), True),
    "overlong": (b"x = '\xc0\xaf'\n", False),
    "cut in a character": (b"x = '\xe2\x82", False),
    "line end missing": (b"x = 1", True),
    "continued into nothing": (b"x = 1 + \\", False),
    "tabs and blanks": (b"if a:\n\tx = 1\n        y = 2\n", False),
}


@pytest.mark.parametrize("name", ENCODED)
def test_odd_encodings_are_read_as_python_reads_them(name: str) -> None:
    data, gives_facts = ENCODED[name]
    found = extract(data)
    assert isinstance(found, FileFacts) is gives_facts, found
    if isinstance(found, Unparsable):
        assert found.message


def test_the_standard_library_with_its_bad_syntax() -> None:
    """All that Python parses gives facts, and nothing else does. SOURCES=10000 looks at all, TREES=FOLDER at more."""
    most = int(os.environ.get("SOURCES", "250"))
    folders = [STDLIB, *map(Path, os.environ.get("TREES", "").split())]
    paths = sorted(path for folder in folders for path in folder.rglob("*.py*") if path.suffix in (".py", ".pyi"))
    paths = [path for path in paths if "site-packages" not in path.parts]
    odd = [path for path in paths if "bad" in path.name or "tokenize" in path.as_posix() or "encod" in path.name]
    paths = random.Random(7).sample(paths, min(most, len(paths)))
    for path in dict.fromkeys([*odd[:200], *paths]):
        data = path.read_bytes()
        begun = time.process_time()
        found = extract(data)
        assert time.process_time() - begun < BOUND, path
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                ast.parse(data)
                parses = True
            except (SyntaxError, ValueError):
                parses = False
        parses = parses or path.name in READ_ALL_THE_SAME
        assert isinstance(found, FileFacts) is parses, (path, found)


DEEP = {
    "attributes": "x = a" + ".b" * 900_000,
    "attributes, some": "x = a" + ".b" * 17_000,
    "operators": "x = a" + "+b" * 17_000,
    "calls": "x = a" + "()" * 17_000,
    "tests": "if " + "not " * 800 + "a: pass",
}


@pytest.mark.parametrize("name", DEEP)
@pytest.mark.parametrize("place", ["thread", "child"])
def test_deep_code_leaves_a_small_stack_whole(name: str, place: str) -> None:
    """The C stack holds: in a thread with the half megabyte that some systems give, and in a forked worker."""
    script = """
import os, sys, threading
from registry_lint.facts import tables
from registry_lint.facts.extract import extract
data = sys.stdin.buffer.read()
if sys.argv[1] == "thread":
    threading.stack_size(512 * 1024)
    worker = threading.Thread(target=extract, args=(data,))
    worker.start()
    worker.join()
else:
    child = os.fork()
    if not child:
        extract(data)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
print(type(extract(data)).__name__)
"""
    source = DEEP[name].encode()
    done = subprocess.run([sys.executable, "-c", script, place], input=source, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]


def test_what_is_too_deep_does_not_depend_on_who_asks() -> None:
    sources = [("x = a" + ".".join(["", *["b"] * depth])).encode() for depth in range(700, 1_600, 25)]
    here = [type(extract(source)).__name__ for source in sources]
    deeper: list[str] = []

    def go_down(levels: int) -> None:
        if levels:
            go_down(levels - 1)
        else:
            deeper.extend(type(extract(source)).__name__ for source in sources)

    go_down(500)
    assert deeper == here
    beside: list[str] = []
    thread = threading.Thread(target=lambda: beside.extend(type(extract(source)).__name__ for source in sources))
    thread.start()
    thread.join()
    assert beside == here
    assert set(here) == {"FileFacts", "Unparsable"}


def test_limits_and_collector_are_as_before() -> None:
    import gc

    before = (sys.getrecursionlimit(), gc.isenabled(), list(warnings.filters))
    for source in (b"x = '\\d'", b"x = (", b"x = a" + b".b" * 5_000, b"\0"):
        extract(source)
    assert (sys.getrecursionlimit(), gc.isenabled(), list(warnings.filters)) == before
