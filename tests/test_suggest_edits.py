"""What each pencilled edit makes of a text. `«…»` marks the span that a rule speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from registry_lint.findings import Span
from registry_lint.suggest.concrete import Disagreement
from registry_lint.suggest.document import UnmendableError
from registry_lint.suggest.workshop import Workshop
from tests.mending import Do, marked, mend

if TYPE_CHECKING:
    from registry_lint.suggest.tree import SourceTree

REPLACE = {
    "a call": ("x = «Old(1)»\n", "new()", "x = new()\n"),
    "as an argument": ("f(«Old()», 2)\n", "a + b", "f(a + b, 2)\n"),
    "as an operand": ("y = «Old()» * 2\n", "a + b", "y = (a + b) * 2\n"),
    "as a receiver": ("«x».f()\n", "a or b", "(a or b).f()\n"),
    "a number as a receiver": ("«x».f()\n", "1", "(1).f()\n"),
    "in its own parentheses": ("y = («Old()») * 2\n", "a + b", "y = (a + b) * 2\n"),
    "a tuple as an argument": ("f(«x»)\n", "a, b", "f((a, b))\n"),
    "a tuple of parenthesised ones": ("f(«x»)\n", "(a), (b)", "f(((a), (b)))\n"),
    "a lambda's body": ("f(lambda: «Old()»)\n", "new()", "f(lambda: new())\n"),
    "non-ASCII before it": ("é = 'ü', «Old()»\n", "new()", "é = 'ü', new()\n"),
    "an astral character before it": ("s = '😀', «Old()»\n", "new()", "s = '😀', new()\n"),
    "in an f-string": ('print(f"{a} {«Old()»!r:>{w}}")\n', "new()", 'print(f"{a} {new()!r:>{w}}")\n'),
    "in an f-string in an f-string": ("x = f\"{f'{«Old()»}'}\"\n", "new()", "x = f\"{f'{new()}'}\"\n"),
    "in an f-string of several lines": (
        'x = f"""\n  {a}\n  {«Old()»}"""\n',
        "new()",
        'x = f"""\n  {a}\n  {new()}"""\n',
    ),
    "a quote in an f-string of three": ('x = f"""{«Old()»}"""\n', 'new("a")', 'x = f"""{new("a")}"""\n'),
    "behind a semicolon": ("a = 1; b = «Old()»; c = 2\n", "new()", "a = 1; b = new(); c = 2\n"),
    "in a one-line suite": ("if a: b = «Old()»\n", "new()", "if a: b = new()\n"),
    "in a one-line class": ("class A: b = «Old()»\n", "new()", "class A: b = new()\n"),
    "in a decorator": ("@«Old()»\ndef f(): pass\n", "new()", "@new()\ndef f(): pass\n"),
    "in a method's decorator": (
        "class A:\n    @d(«Old()»)\n    def f(self): pass\n",
        "new()",
        "class A:\n    @d(new())\n    def f(self): pass\n",
    ),
    "in a default": ("def f(a=«Old()»):\n    pass\n", "new()", "def f(a=new()):\n    pass\n"),
    "in an elif": (
        "if a:\n    pass\nelif «Old()»:\n    pass\nelse:\n    pass\n",
        "new()",
        "if a:\n    pass\nelif new():\n    pass\nelse:\n    pass\n",
    ),
    "in an elif further in": (
        "def f():\n  if a:\n    pass\n  elif b:\n    pass\n  elif «Old()»:\n    pass\n",
        "new()",
        "def f():\n  if a:\n    pass\n  elif b:\n    pass\n  elif new():\n    pass\n",
    ),
    "in a match case's guard": (
        "match a:\n    case 1 if «Old()»:\n        pass\n",
        "new()",
        "match a:\n    case 1 if new():\n        pass\n",
    ),
    "in an except clause": (
        "try:\n    pass\nexcept «Old()»:\n    pass\n",
        "new()",
        "try:\n    pass\nexcept new():\n    pass\n",
    ),
    "in a with": ("def f():\n\twith «Old()» as x:\n\t\tpass\n", "new()", "def f():\n\twith new() as x:\n\t\tpass\n"),
    "tabs": ("if a:\n\tif b:\n\t\tx =\t«Old()»\t# c\n", "new()", "if a:\n\tif b:\n\t\tx =\tnew()\t# c\n"),
    "a form feed": ("a = 1\n\f\ndef f():\n    return «Old()»\n", "new()", "a = 1\n\f\ndef f():\n    return new()\n"),
    "a form feed before the indentation": ("if a:\n\f    x = «Old()»\n", "new()", "if a:\n\f    x = new()\n"),
    "CR LF": ("a = 1\r\nif a:\r\n    b = «Old()»\r\n", "new()", "a = 1\r\nif a:\r\n    b = new()\r\n"),
    "CR alone": ("a = 1\rif a:\r    b = «Old()»\r", "new()", "a = 1\rif a:\r    b = new()\r"),
    "mixed line ends": ("a = 1\r\nb = 2\rc = «Old()»\nd = 4\r\n", "new()", "a = 1\r\nb = 2\rc = new()\nd = 4\r\n"),
    "a line separator in a string": ("a = '\u2028'; b = «Old()»\n", "new()", "a = '\u2028'; b = new()\n"),
    "a backslash continuation": ("x = a + \\\n    «Old()»\n", "new()", "x = a + \\\n    new()\n"),
    "several lines": ("x = «Old(\n    1,\n    # c\n)»\n", "new()", "x = new()\n"),
    "a generator in the call's parentheses": ("f«(x for x in y)»\n", "[x]", "f([x])\n"),
    "a walrus": ("if «Old()»:\n    pass\n", "a := b", "if (a := b):\n    pass\n"),
    "an await": ("async def f():\n    return «await Old()»\n", "new()", "async def f():\n    return new()\n"),
    "no final newline": ("x = «Old()»", "new()", "x = new()"),
    "a comment like code behind it": ("x = «Old()»  # Old()\n", "new()", "x = new()  # Old()\n"),
    "under a global statement": (
        "def f():\n    global a; a = «Old()»\n",
        "new()",
        "def f():\n    global a; a = new()\n",
    ),
    "a starred argument's value": ("f(*«Old()»)\n", "new()", "f(*new())\n"),
    "a starred argument's value that binds looser": ("f(*«Old()»)\n", "a or b", "f(*(a or b))\n"),
    "a subscript": ("x[«Old()»]\n", "new()", "x[new()]\n"),
    "an annotation": ("x: «Old» = 1\n", "New", "x: New = 1\n"),
}


@pytest.mark.parametrize(("text", "code", "expected"), REPLACE.values(), ids=REPLACE.keys())
def test_an_expression_is_replaced(text: str, code: str, expected: str) -> None:
    assert mend(text, lambda tree, span: tree.replace(span, code)) == expected


def test_both_of_two_equal_expressions_in_one_f_string_are_told_apart() -> None:
    text = 'print(f"{Old()} {«Old()»}")\n'
    assert mend(text, lambda tree, span: tree.replace(span, "new()")) == 'print(f"{Old()} {new()}")\n'


REFUSED_REPLACE = {
    "its quote in an f-string": ('f"{«Old()»}"\n', 'new("a")'),
    "a backslash in an f-string": ("f'{«Old()»}'\n", 'new("\\n")'),
    "its three quotes in an f-string": ('f"""{«Old()»}"""\n', 'new("""a""")'),
    "a brace at the beginning in an f-string": ("f'{«Old()»}'\n", "{1: 2}"),
}


@pytest.mark.parametrize(("text", "code"), REFUSED_REPLACE.values(), ids=REFUSED_REPLACE.keys())
def test_a_replacement_that_would_break_an_f_string_is_refused(text: str, code: str) -> None:
    assert mend(text, lambda tree, span: tree.replace(span, code)) is None


def test_a_rule_that_writes_no_expression_is_told() -> None:
    with pytest.raises(ValueError, match="not an expression"):
        mend("x = «Old()»\n", lambda tree, span: tree.replace(span, "new("))


ELEMENTS = {
    "the first argument": ("f(«a», b)\n", "f(b)\n"),
    "a middle argument": ("f(a, «b», c)\n", "f(a, c)\n"),
    "the last argument": ("f(a, «b»)\n", "f(a)\n"),
    "the only argument": ("f(«a»)\n", "f()\n"),
    "the only argument with a comma": ("f(«a»,)\n", "f()\n"),
    "a keyword argument": ("f(a, k=«b», c=1)\n", "f(a, c=1)\n"),
    "a whole keyword argument": ("f(a, «k=b», c=1)\n", "f(a, c=1)\n"),
    "a starred argument": ("f(a, «*b»)\n", "f(a)\n"),
    "the last with a trailing comma": ("[a, «b»,]\n", "[a,]\n"),
    "the last of a pair": ("x = (a, «b»)\n", "x = (a,)\n"),
    "the first of a pair": ("x = («a», b)\n", "x = (b,)\n"),
    "the last of a pair with a comma": ("x = (a, «b»,)\n", "x = (a,)\n"),
    "the only one of a tuple": ("x = («a»,)\n", "x = ()\n"),
    "of a bare tuple": ("x = a, «b»\n", "x = a,\n"),
    "the only one of a bare tuple": ("x = «a»,\n", "x = ()\n"),
    "the only one of a set": ("x = {«a»}\n", "x = set()\n"),
    "of a dictionary": ("x = {«a: 1», b: 2}\n", "x = {b: 2}\n"),
    "the only one of a dictionary": ("x = {«a: 1»}\n", "x = {}\n"),
    "in parentheses of its own": ("x = [(«a»), b]\n", "x = [b]\n"),
    "a base class": ("class A(B, «C», metaclass=M):\n    pass\n", "class A(B, metaclass=M):\n    pass\n"),
    "on a line of its own": (
        "x = [\n    a,  # 1\n    «b»,  # 2\n    c,  # 3\n]\n",
        "x = [\n    a,  # 1\n    c,  # 3\n]\n",
    ),
    "the last line without a comma": ("x = [\n    a,\n    «b»  # 2\n]\n", "x = [\n    a,\n]\n"),
    "the only line": ("x = [\n    «a»,\n]\n", "x = [\n]\n"),
    "over several lines": ("f(\n    a,\n    «B(\n        1,\n    )»,\n    c,\n)\n", "f(\n    a,\n    c,\n)\n"),
    "a comment above stays": ("x = [\n    # all\n    «a»,\n    b,\n]\n", "x = [\n    # all\n    b,\n]\n"),
    "at the end of a line": ("f(a, «b»,\n  c)\n", "f(a,\n  c)\n"),
    "at the beginning of the last line": ("f(a,  # 1\n  «b»)\n", "f(a,  # 1\n  )\n"),
    "CR LF": ("x = [\r\n    «a»,\r\n    b,\r\n]\r\n", "x = [\r\n    b,\r\n]\r\n"),
    "blanks before the comma": ("f(a , «b» , c)\n", "f(a , c)\n"),
    "innermost of equal extents": ("f(g(«a», b), c)\n", "f(g(b), c)\n"),
    "two at once": ("f(«a», b, «c», d)\n", "f(b, d)\n"),
}


@pytest.mark.parametrize(("text", "expected"), ELEMENTS.values(), ids=ELEMENTS.keys())
def test_an_element_goes_with_its_comma(text: str, expected: str) -> None:
    assert mend(text, lambda tree, span: tree.remove_element(span)) == expected


STATEMENTS = {
    "a line": ("a()\n«b()»\nc()\n", "a()\nc()\n"),
    "its comment goes, the others stay": ("# above\n«a()»  # beside\n# below\n", "# above\n# below\n"),
    "the only one of a suite": ("if x:\n    «a()»\n", "if x:\n    pass\n"),
    "one of two": ("if x:\n    «a()»\n    b()\n", "if x:\n    b()\n"),
    "the only one beside a docstring": ('def f():\n    """Doc."""\n    «a()»\n', 'def f():\n    """Doc."""\n'),
    "a one-line suite": ("if x: «a()»\n", "if x: pass\n"),
    "the first of a line": ("«a()»; b()\n", "b()\n"),
    "the middle of a line": ("a(); «b()»; c()\n", "a(); c()\n"),
    "the last of a line": ("a(); «b()»\n", "a()\n"),
    "the last with a semicolon": ("a(); «b()»;\n", "a();\n"),
    "with a semicolon": ("a()\n«b()»;\nc()\n", "a()\nc()\n"),
    "the first of a one-line suite": ("if x: «a()»; b()\n", "if x: b()\n"),
    "several lines": ("a()\n«b(\n    1,\n)»\nc()\n", "a()\nc()\n"),
    "from a part of it": ("a()\nx = b(«c»)\n", "a()\n"),
    "decorated": ("a()\n@d\n@e(1)\n«def f():\n    pass»\nb()\n", "a()\nb()\n"),
    "decorated, the only one": ("class A:\n    @d\n    «def f(self): pass»\n", "class A:\n    pass\n"),
    "in an else": ("if x:\n    a()\nelse:\n    «b()»\n", "if x:\n    a()\nelse:\n    pass\n"),
    "in an except": ("try:\n    a()\nexcept E:\n    «b()»\n", "try:\n    a()\nexcept E:\n    pass\n"),
    "in a case": ("match x:\n    case 1:\n        «b()»\n", "match x:\n    case 1:\n        pass\n"),
    "the whole file": ("«a()»\n", ""),
    "the last line without an end": ("a()\n«b()»", "a()\n"),
    "CR LF": ("a()\r\n«b()»  # c\r\nc()\r\n", "a()\r\nc()\r\n"),
    "CR alone": ("a()\r«b()»\rc()\r", "a()\rc()\r"),
    "a form feed above": ("a()\n\f\n«b()»\nc()\n", "a()\n\f\nc()\n"),
    "between blank lines": ("a()\n\n«b()»\n\n\nc()\n", "a()\n\n\nc()\n"),
    "between blank lines, more above": ("a()\n\n\n«b()»\n\nc()\n", "a()\n\n\nc()\n"),
    "blank lines on one side": ("a()\n«b()»\n\nc()\n", "a()\n\nc()\n"),
    "the first of a suite before a blank line": ("def f():\n    «a()»\n\n    b()\n", "def f():\n    b()\n"),
    "the first of a file": ("«a()»\n\n\nb()\n", "b()\n"),
    "the first below a comment": ("# c\n«a()»\n\nb()\n", "# c\n\nb()\n"),
    "the body of an import for types": ("if TYPE_CHECKING:\n    «import a»\nb()\n", "b()\n"),
}


@pytest.mark.parametrize(("text", "expected"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_a_statement_goes_with_what_is_its_own(text: str, expected: str) -> None:
    assert mend(text, lambda tree, span: tree.remove_statement(span)) == expected


BEFORE = {
    "a line": ("a()\n«b()»\n", "x = 1\ny = 2\n", "a()\nx = 1\ny = 2\nb()\n"),
    "indented": ("if a:\n    «b()»\n", "if x:\n    y()\n", "if a:\n    if x:\n        y()\n    b()\n"),
    "above its comments": ("a()\n# why\n# more\n«b()»\n", "x = 1", "a()\nx = 1\n# why\n# more\nb()\n"),
    "below another's comment": ("if a:\n    a()\n# why\n«b()»\n", "x = 1", "if a:\n    a()\nx = 1\n# why\nb()\n"),
    "below the interpreter line": (
        "#!/usr/bin/python\n# coding: utf-8\n«b()»\n",
        "x = 1",
        "#!/usr/bin/python\n# coding: utf-8\nx = 1\nb()\n",
    ),
    "below a string that ends like a comment": (
        's = """\n# no"""\n«b()»\n',
        "x = 1",
        's = """\n# no"""\nx = 1\nb()\n',
    ),
    "above decorators": ("@d\n«def f(): pass»\n", "x = 1", "x = 1\n@d\ndef f(): pass\n"),
    "in a line": ("a(); «b()»\n", "x = 1", "a(); x = 1; b()\n"),
    "in a one-line suite": ("if a: «b()»\n", "x = 1", "if a: x = 1; b()\n"),
    "a string of several lines keeps its rows": (
        "if a:\n    «b()»\n",
        'x = """\none\n"""\ny = 1',
        'if a:\n    x = """\none\n"""\n    y = 1\n    b()\n',
    ),
    "strings that are joined, on rows of their own": (
        "if a:\n    «b()»\n",
        'log(\n    f"{one}"\n    f"{two}",\n    "three"\n    "four",\n'
        '    f"""five\n{six}\n""" "seven"\n    "eight",\n)',
        'if a:\n    log(\n        f"{one}"\n        f"{two}",\n        "three"\n        "four",\n'
        '        f"""five\n{six}\n""" "seven"\n        "eight",\n    )\n    b()\n',
    ),
    "CR LF": ("if a:\r\n    «b()»\r\n", "x = 1\ny = 2", "if a:\r\n    x = 1\r\n    y = 2\r\n    b()\r\n"),
    "tabs": ("if a:\n\t«b()»\n", "x = 1", "if a:\n\tx = 1\n\tb()\n"),
}


@pytest.mark.parametrize(("text", "code", "expected"), BEFORE.values(), ids=BEFORE.keys())
def test_statements_are_put_before_one(text: str, code: str, expected: str) -> None:
    assert mend(text, lambda tree, span: tree.insert_before(span, code)) == expected


AFTER = {
    "a line": ("«a()»  # c\nb()\n", "x = 1\ny = 2", "a()  # c\nx = 1\ny = 2\nb()\n"),
    "a compound one": (
        "if a:\n    if b:\n        «c()»\nd()\n",
        "x = 1",
        "if a:\n    if b:\n        c()\n        x = 1\nd()\n",
    ),
    "the end of a file without a line end": ("a()\n«b()»", "x = 1", "a()\nb()\nx = 1"),
    "in a line": ("«a()»; b()\n", "x = 1", "a(); x = 1; b()\n"),
    "in a one-line suite": ("if a: «b()»\nc()\n", "x = 1", "if a: b(); x = 1\nc()\n"),
    "CR LF": ("«a()»\r\nb()\r\n", "x = 1", "a()\r\nx = 1\r\nb()\r\n"),
}


@pytest.mark.parametrize(("text", "code", "expected"), AFTER.values(), ids=AFTER.keys())
def test_statements_are_put_behind_one(text: str, code: str, expected: str) -> None:
    assert mend(text, lambda tree, span: tree.insert_after(span, code)) == expected


@pytest.mark.parametrize("text", ["a(); «b()»\n", "if a: «b()»\n", "«a()»; b()\n"])
def test_a_compound_statement_is_not_put_between_semicolons(text: str) -> None:
    assert mend(text, lambda tree, span: tree.insert_after(span, "if x:\n    y()")) is None


INTO = {
    "before the body": ("«def f():\n    return 1»\n", "def f():\n    if x:\n        y()\n    return 1\n"),
    "behind the docstring": (
        '«def f():\n    """Doc."""\n    return 1»\n',
        'def f():\n    """Doc."""\n    if x:\n        y()\n    return 1\n',
    ),
    "a docstring only": ('«def f():\n    """Doc."""»\n', 'def f():\n    """Doc."""\n    if x:\n        y()\n'),
    "a body on its line": (
        "class A:\n  «def f(self): return 1»\n",
        "class A:\n  def f(self):\n    if x:\n        y()\n    return 1\n",
    ),
    "decorated and async": (
        "@d\n«async def f():\n    await a()»\n",
        "@d\nasync def f():\n    if x:\n        y()\n    await a()\n",
    ),
    "from the function's name": ("def «f»():\n    return 1\n", "def f():\n    if x:\n        y()\n    return 1\n"),
    "above a first comment": (
        "«def f():\n    # why\n    return 1»\n",
        "def f():\n    if x:\n        y()\n    # why\n    return 1\n",
    ),
}


@pytest.mark.parametrize(("text", "expected"), INTO.values(), ids=INTO.keys())
def test_statements_are_put_into_a_function(text: str, expected: str) -> None:
    assert mend(text, lambda tree, span: tree.insert_into(span, "if x:\n    y()")) == expected


PARAMETERS = {
    "none yet": ("«def f(): pass»\n", "g=1", False, "def f(g=1): pass\n"),
    "behind others": ("«def f(self, a=1): pass»\n", "g=1", False, "def f(self, a=1, g=1): pass\n"),
    "before a star": ("«def f(self, *args, **kw): pass»\n", "g=1", False, "def f(self, g=1, *args, **kw): pass\n"),
    "before a star alone": ("«def f(*args): pass»\n", "g=1", False, "def f(g=1, *args): pass\n"),
    "behind a slash": ("«def f(a, /): pass»\n", "g=1", False, "def f(a, /, g=1): pass\n"),
    "a trailing comma": ("«def f(a,): pass»\n", "g=1", False, "def f(a, g=1,): pass\n"),
    "annotated": ("«def f(a) -> int: pass»\n", "g: int = 1", False, "def f(a, g: int = 1) -> int: pass\n"),
    "behind an annotation": ("«def f(a: list[int]): pass»\n", "g=1", False, "def f(a: list[int], g=1): pass\n"),
    "behind an annotated star": ("«def f(*a: (int)): pass»\n", "g=1", True, "def f(*a: (int), g=1): pass\n"),
    "before an annotated double star": ("«def f(**k: int): pass»\n", "g=1", False, "def f(g=1, **k: int): pass\n"),
    "keyword only, none yet": ("«def f(): pass»\n", "g=1", True, "def f(*, g=1): pass\n"),
    "keyword only": ("«def f(self, a=(1)): pass»\n", "g=1", True, "def f(self, a=(1), *, g=1): pass\n"),
    "keyword only behind others": ("«def f(a, *, b=2): pass»\n", "g=1", True, "def f(a, *, b=2, g=1): pass\n"),
    "keyword only behind a star": ("«def f(*args, **kw): pass»\n", "g=1", True, "def f(*args, g=1, **kw): pass\n"),
    "keyword only before double star": ("«def f(a, **kw): pass»\n", "g=1", True, "def f(a, *, g=1, **kw): pass\n"),
    "keyword only with only a double star": ("«def f(**kw): pass»\n", "g=1", True, "def f(*, g=1, **kw): pass\n"),
    "lines of their own": (
        "«def f(\n    self,\n    a: int = 1,  # c\n):\n    pass»\n",
        "g=1",
        False,
        "def f(\n    self,\n    a: int = 1,  # c\n    g=1,\n):\n    pass\n",
    ),
    "lines of their own without a comma": (
        "«def f(\n    self,\n    a: int = 1  # c\n):\n    pass»\n",
        "g=1",
        False,
        "def f(\n    self,\n    a: int = 1,  # c\n    g=1\n):\n    pass\n",
    ),
    "aligned lines": (
        "«def f(self,\n      a=1):\n    pass»\n",
        "g=1",
        False,
        "def f(self,\n      a=1,\n      g=1):\n    pass\n",
    ),
    "no place without a default": ("«def f(a=1): pass»\n", "g", False, None),
    "a function's decorator untouched": ("@d()\n«def f(): pass»\n", "g=1", False, "@d()\ndef f(g=1): pass\n"),
}


@pytest.mark.parametrize(("text", "code", "keyword", "expected"), PARAMETERS.values(), ids=PARAMETERS.keys())
def test_a_parameter_is_inserted(text: str, code: str, keyword: bool, expected: str | None) -> None:
    assert mend(text, lambda tree, span: tree.insert_parameter(span, code, keyword_only=keyword)) == expected


ARGUMENTS = {
    "none yet": ("«f()»\n", "f(g=1)\n"),
    "behind others": ("«f(a, b=2)»\n", "f(a, b=2, g=1)\n"),
    "a trailing comma": ("«f(a,)»\n", "f(a, g=1,)\n"),
    "behind a star": ("«f(*a)»\n", "f(*a, g=1)\n"),
    "behind a double star": ("«f(**a)»\n", "f(**a, g=1)\n"),
    "lines of their own": ("«f(\n    a,  # c\n)»\n", "f(\n    a,  # c\n    g=1,\n)\n"),
    "an empty call over lines": ("«f(\n)»\n", "f(g=1\n)\n"),
    "the outer of two calls": ("«f(g(a))»\n", "f(g(a), g=1)\n"),
    "a call in parentheses": ("«(f)(a)»\n", "(f)(a, g=1)\n"),
    "a generator": ("«f(x for x in y)»\n", None),
}


@pytest.mark.parametrize(("text", "expected"), ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_an_argument_is_added(text: str, expected: str | None) -> None:
    assert mend(text, lambda tree, span: tree.add_argument(span, "g=1")) == expected


WRAPPED = {
    "an argument": ("run(tools=«tools»)\n", "run(tools=[tool() for tool in tools])\n"),
    "several lines": ("x = «[\n    A,  # 1\n    B,\n]»\n", "x = [tool() for tool in [\n    A,  # 1\n    B,\n]]\n"),
    "a ternary": ("run(«a if b else c»)\n", "run([tool() for tool in (a if b else c)])\n"),
    "a bare tuple": ("x = «a, b»\n", "x = [tool() for tool in (a, b)]\n"),
    "in parentheses": ("x = «(a, b)»\n", "x = [tool() for tool in (a, b)]\n"),
    "the variable in use": ("run(«tool.all»)\n", None),
}


@pytest.mark.parametrize(("text", "expected"), WRAPPED.values(), ids=WRAPPED.keys())
def test_a_collection_is_wrapped_in_a_comprehension(text: str, expected: str | None) -> None:
    assert mend(text, lambda tree, span: tree.wrap_in_comprehension(span, "tool()", "tool")) == expected


def test_the_callee_and_the_arguments_of_a_call_are_changed_apart() -> None:
    def do(tree: SourceTree, span: Span) -> None:
        first, second = tree.arguments(span)
        assert (first.keyword, first.star, first.text) == (None, "", "(a)")
        assert (second.keyword, second.star, second.text) == ("k", "", "b + 1")
        assert tree.text(tree.callee(span)) == "x.old"
        tree.replace_callee(span, "x.new")
        tree.rewrite_arguments(span, [first.text, f"key={second.text}"])

    assert mend("«x.old( (a) , k=b + 1 )»  # c\n", do) == "x.new((a), key=b + 1)  # c\n"


def test_a_statement_is_replaced_by_several() -> None:
    text = "if a:\n    @d\n    «def f(): pass»  # c\n"
    expected = "if a:\n    x = 1\n    if x:\n        y()  # c\n"
    assert mend(text, lambda tree, span: tree.replace_statement(span, "x = 1\nif x:\n    y()")) == expected


def test_a_statement_is_replaced_with_what_follows_it() -> None:
    text = "if a:\n    x = «1»\n    # why\n    y(x)  # c\nelse:\n    z()\n"
    expected = "if a:\n    raise E  # c\nelse:\n    z()\n"
    assert mend(text, lambda tree, span: tree.replace_statement(span, "raise E", and_rest=True)) == expected


def test_an_expression_that_is_a_statement_is_known_as_one() -> None:
    seen: list[bool] = []
    mend("«r.register(t)»\nx = «r.register(t)»\n«a»; b\n", lambda tree, span: seen.append(tree.is_statement(span)))
    assert seen == 2 * [True, False, True]  # with the bodies of functions, and without


DISAGREEMENTS = {
    "no call": ("x = «name»\n", lambda tree, span: tree.replace_callee(span, "y")),
    "half an expression": ("x = «name.attr»ibute\n", lambda tree, span: tree.replace(span, "y")),
    "a comment": ("x = 1  # «f()»\n", lambda tree, span: tree.replace(span, "y")),
    "a string": ("x = '«f()»'\n", lambda tree, span: tree.replace(span, "y")),
    "no element": ("x = «f()»\n", lambda tree, span: tree.remove_element(span)),
    "no function": ("«x = 1»\n", lambda tree, span: tree.insert_parameter(span, "y=1")),
    "no statement": ("x = 1\n«# c»\n", lambda tree, span: tree.remove_statement(span)),
}


@pytest.mark.parametrize(("text", "do"), DISAGREEMENTS.values(), ids=DISAGREEMENTS.keys())
def test_what_the_concrete_tree_does_not_hold_is_a_bug_of_ours(text: str, do: Do) -> None:
    with pytest.raises(Disagreement, match=r"app/module\.py:\d+:\d+: no "):
        mend(text, do)


def test_a_place_beyond_the_file_is_a_bug_of_ours() -> None:
    tree = Workshop(lambda _: b"x = 1\n").open("a.py")
    with pytest.raises(Disagreement):
        tree.replace(Span("a.py", 7, 1, 7, 4), "y")


HELD = {
    "a call": ("x = «f(1)»\n", True),
    "a name": ("x = f(«a»)\n", True),
    "a keyword argument": ("f(«a=1»)\n", True),
    "a definition's header": ("@d\n«def f():»\n    pass\n", True),
    "a class's name": ("class «A»:\n    pass\n", True),
    "an import's name": ("from a import «b as c», d\n", True),
    "half a name": ("x = «f»oo\n", False),
    "a comment": ("# «f()»\n", False),
}


@pytest.mark.parametrize(("text", "held"), HELD.values(), ids=HELD.keys())
def test_two_parsers_are_asked_whether_they_agree(text: str, held: bool) -> None:
    content, (span,) = marked(text)
    assert Workshop(lambda _: content).holds(span) is held


def test_a_file_that_cannot_be_parsed_gets_no_suggestion() -> None:
    workshop = Workshop(lambda _: b"x = (\n")
    with pytest.raises(UnmendableError):
        workshop.open("a.py")
    assert workshop.suggest(lambda shop: shop.open("a.py").fix("safe", "m")) is None


def test_a_form_that_libcst_does_not_know_gets_no_suggestion() -> None:
    content, (span,) = marked("def f():\n    (a): int\n    «g()»\n")
    workshop = Workshop(lambda _: content)
    assert workshop.holds(span._replace(row=2, column=5, end_row=2, end_column=13))
    with pytest.raises(UnmendableError):
        workshop.open("a.py").confirm(span._replace(row=2, column=5, end_row=2, end_column=13), "statement")


def test_of_a_function_only_the_header_is_read_again() -> None:
    text = "@cached\ndef «f»():  # why\n    (a): int\n"
    assert (
        mend(text, lambda tree, span: tree.insert_parameter(span, "b")) == "@cached\ndef f(b):  # why\n    (a): int\n"
    )


def test_one_suggestions_edits_never_reach_another() -> None:
    content, (span,) = marked("x = «f()»\n")
    workshop = Workshop(lambda _: content)
    workshop.open("a.py").replace(span, "abandoned()")
    tree = workshop.open("a.py")
    tree.replace(span, "g()")
    fix = tree.fix("unsafe", "m")
    assert fix is not None
    assert [edit.content for edit in fix.edits] == ["g()"]


def test_several_files_make_one_fix_or_none() -> None:
    files = {"a.py": b"x = f()\n", "b.py": b"y = f()\n"}
    workshop = Workshop(files.__getitem__)
    first, second = workshop.open("a.py"), workshop.open("b.py")
    first.replace(Span("a.py", 1, 5, 1, 8), "g()")
    second.replace(Span("b.py", 1, 5, 1, 8), "h()")
    fix = first.fix("unsafe", "m", second)
    assert fix is not None
    assert [(edit.span.path, edit.content) for edit in fix.edits] == [("a.py", "g()"), ("b.py", "h()")]
    second.insert_before(Span("b.py", 1, 5, 1, 8), "import x")
    second.refusals.append("not here")
    assert first.fix("unsafe", "m", second) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_encodings_keep_their_columns(encoding: str) -> None:
    text = "# coding: latin-1\né = «Old()»\n" if encoding == "latin-1" else "é = «Old()»\n"
    plain = text.replace("«", "").replace("»", "")
    row = plain[: text.index("«")].count("\n") + 1
    tree = Workshop(lambda _: plain.encode(encoding)).open("a.py")
    tree.replace(Span("a.py", row, 5, row, 10), "new()")
    fix = tree.fix("safe", "m")
    assert fix is not None
    assert fix.edits[0].span == Span("a.py", row, 5, row, 10)


def test_a_text_that_the_encoding_cannot_say_is_refused() -> None:
    tree = Workshop(lambda _: b"# coding: latin-1\nx = f()\n").open("a.py")
    tree.replace(Span("a.py", 2, 5, 2, 8), "'\N{SNOWMAN}'")
    assert tree.fix("safe", "m") is None
