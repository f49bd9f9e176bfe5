"""The index and the sieve: their answers are those of looking into every file, and never too small."""

from __future__ import annotations

import ast
import errno
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry_lint.source import index, sieve, workers
from registry_lint.source.corpus import DiskCorpus, MemoryCorpus
from registry_lint.source.sieve import ClassHeader, Sieve

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCES: dict[str, str | bytes] = {
    "app/registry.py": "class ToolRegistry(Base['Tool'], metaclass=Meta):\n    def register(self, key, tool): ...\n",
    "app/use.py": "from app.registry import ToolRegistry as TR\nTR().register(key, tool)\n",
    "app/other.py": "# ToolRegistry stands in a comment\nToolRegistryFactory = 1\n",
    "app/copy.py": "from app.registry import ToolRegistry as TR\nTR().register(key, tool)\n",
    "app/text.py": "x = {'tool-key': 1, 'tool': 2}\n",
    "app/latin.py": "# coding: latin-1\ngröße = 1\n".encode("latin-1"),
    "app/ligature.py": "ﬁt = 1\n",
    "app/empty.py": "",
    "app/broken.py": b"def (:\n\xff\xfe ToolRegistry \0",
}


def test_mentions() -> None:
    """By whole words, in comments and texts too, in every encoding and form of a name."""
    asked = Sieve(MemoryCorpus(SOURCES))
    assert asked.mentions(["ToolRegistry", "TR", "größe", "fit", "tool-key", "nobody", "", "1"]) == {
        "ToolRegistry": ("app/broken.py", "app/copy.py", "app/other.py", "app/registry.py", "app/use.py"),
        "TR": ("app/copy.py", "app/use.py"),
        "größe": ("app/latin.py",),
        "fit": ("app/ligature.py",),
        "tool-key": ("app/copy.py", "app/registry.py", "app/text.py", "app/use.py"),  # all words of it, anywhere
        "nobody": (),
        "": (),
        "1": (),
    }
    assert asked.count("TR") == 2
    assert asked.problems == ()


def test_containing() -> None:
    """By a part of a word: at its beginning, in it, at its end, and all of it; nothing that spans two words."""
    sources = {"a.py": "ToolRegistry", "b.py": "tool registry", "c.py": "x_registry_y z", "d.py": "Reg"}
    asked = Sieve(MemoryCorpus(sources))
    assert asked.containing("egistr") == ("a.py", "b.py", "c.py")
    assert asked.containing("Reg") == ("a.py", "d.py")
    assert asked.containing("ToolRegistry") == ("a.py",)
    assert asked.containing("y_z") == ()
    for no_part in ("", "a b", "x.y", "1"):
        with pytest.raises(ValueError, match="part of a word"):
            asked.containing(no_part)


def test_a_sieve_of_some_files_knows_those_only() -> None:
    """Production and tests can be asked about apart."""
    asked = Sieve(MemoryCorpus(SOURCES), ["app/use.py", "app/text.py"])
    assert asked.mentioning("ToolRegistry") == ("app/use.py",)
    assert set(asked.digests) == {"app/use.py", "app/text.py"}


def test_copies_have_one_digest_and_are_read_into_one_content() -> None:
    """Equal contents are equal by name; the empty file too."""
    asked = Sieve(MemoryCorpus(SOURCES))
    assert (
        asked.digests["app/use.py"] == asked.digests["app/copy.py"] == sieve.digest(str(SOURCES["app/use.py"]).encode())
    )
    assert len(set(asked.digests.values())) == len(SOURCES) - 1


HEADERS = {
    "plain": ("class A: pass", [("A", ())]),
    "bases": ("class A(B, c.D): pass", [("A", ("B", "c", "D"))]),
    "subscript and keyword": ("class A(B['T'], metaclass=M): pass", [("A", ("B", "T", "metaclass", "M"))]),
    "a call among the bases": ("class A(make(x), B): pass", [("A", ("make", "x", "B"))]),
    "several lines": ("class A(\n    B,\n    C[\n  D],\n):\n    pass", [("A", ("B", "C", "D"))]),
    "type parameters": ("class A[T: int, *Ts](B[T]): pass", [("A", ("T", "int", "Ts", "B"))]),
    "odd blanks": ("class\t \x0cA  (B) : pass", [("A", ("B",))]),
    "continued lines": ("class \\\n  A \\\n (B): pass", [("A", ("B",))]),
    "continued with carriage returns": ("class \\\r\n  A(B): pass", [("A", ("B",))]),
    "a dictionary in a keyword": ("class A(B, k={'a': 1}, m=C): pass", [("A", ("B", "k", "a", "m", "C"))]),
    "nested": ("class A(B):\n    class C(D): pass", [("A", ("B",)), ("C", ("D",))]),
    "after a byte order mark": ("\ufeffclass A(B): pass", [("A", ("B",))]),
    "a name that is not ASCII": ("class Größe(Maß): pass", [("Größe", ("Maß",))]),
    "compatibility forms": ("class ﬁt(ﬂat): pass", [("fit", ("flat",))]),
    "no class": ("subclass A(B): pass\nclass_of(B)\nclasses (B)\n_class A(B):\nx.__class__ (B)", []),
    "a comment with a colon": ("class A(  # one): two\n    B): pass", None),
    "a text with an end in it": ("class A(B['):'], C): pass", None),
}


@pytest.mark.parametrize(("source", "expected"), HEADERS.values(), ids=HEADERS)
def test_class_headers(source: str, expected: list[tuple[str, tuple[str, ...]]] | None) -> None:
    """The name and every word between the brackets; too many words where the end is hard to tell, never too few."""
    found = list(index.class_headers(source.encode()))
    if expected is not None:
        assert found == expected
    else:
        ((name, names),) = found
        assert name == "A"
        assert {"B", "C"} & set(re.findall("[BC]", source)) <= set(names)


def test_headers_are_found_by_name_and_by_base() -> None:
    """Both ways round, with copies, sorted."""
    asked = Sieve(MemoryCorpus({"b.py": "class A(Base): ...\nclass C: ...", "a.py": "class A(Base, Other): ..."}))
    one, two, three = (
        ClassHeader("a.py", "A", ("Base", "Other")),
        ClassHeader("b.py", "A", ("Base",)),
        ("b.py", "C", ()),
    )
    assert asked.class_headers == (one, two, three)
    assert asked.classes_named("A") == (one, two)
    assert asked.classes_deriving("Base") == (one, two)
    assert asked.classes_deriving("Other") == (one,)
    assert asked.classes_deriving("C") == ()
    assert asked.classes_like(re.compile("A|D")) == {"A": (one, two)}


def standard_library() -> Iterator[tuple[str, bytes]]:
    """Real sources: a part of the standard library."""
    for path in sorted(Path(os.__file__).parent.glob("*.py"))[:120]:
        yield path.name, path.read_bytes()


def test_nothing_that_python_sees_is_missed() -> None:
    """Every identifier and every class with its bases, as `ast` reads them from real code, is in the index."""
    asked = Sieve(MemoryCorpus(dict(standard_library())))
    headers: dict[tuple[str, str], set[str]] = {}
    for header in asked.class_headers:
        headers.setdefault((header.path, header.name), set()).update(header.names)
    classes = 0
    names: dict[str, set[str]] = {}
    for path, source in standard_library():
        for node in ast.walk(ast.parse(source)):
            match node:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.FunctionDef(name=name):
                    names.setdefault(name, set()).add(path)
                case ast.ClassDef(name=name, bases=bases):
                    classes += 1
                    words = {
                        getattr(part, "id", None) or getattr(part, "attr", None)
                        for base in bases
                        for part in ast.walk(base)
                        if isinstance(part, (ast.Name, ast.Attribute))
                    }
                    assert words <= headers[path, name]
    assert classes > 200
    assert len(names) > 5_000
    for name, paths in names.items():
        assert paths <= set(asked.mentioning(name)), name


IDENTIFIERS = st.from_regex(r"\A[A-Za-z_é][A-Za-z0-9_é]{0,6}\Z")


FEW_OR_MANY = st.sampled_from([6, 100_000])  # contents that there may be: numbers of two bytes or of four


@given(st.lists(st.text(st.sampled_from("ab_1é ().'\n\t#"), max_size=30), max_size=6), IDENTIFIERS, FEW_OR_MANY)
@example(["ab"], "ab", 6)
@example(["1ab"], "ab", 6)
def test_the_index_answers_as_looking_does(sources: list[str], word: str, most: int) -> None:
    """Exactly the contents that hold the word between signs that are no part of one."""
    segment = index.build((source.encode() for source in sources), most)
    assert index.is_sound(segment)
    for number in range(len(sources)):
        own = segment.words_of(number)
        assert (word.encode() in own) == (number in segment.holding(word))
    alone = re.compile(rf"(?<![A-Za-z0-9_é]){re.escape(word)}(?![A-Za-z0-9_é])")
    expected = [number for number, source in enumerate(sources) if alone.search(source)]
    assert list(segment.holding(word)) == expected
    assert segment.size == len(sources)


def test_a_segment_that_is_none_is_not_asked() -> None:
    """What was kept may have been damaged: sizes that do not fit, and a code that is none."""
    segment = index.build([b"one two", b"two"], 2)
    (held,) = [bucket for bucket in segment.buckets if b"two" in bucket.words]
    for forged in (held._replace(numbers=held.numbers[1:]), held._replace(ends=held.ends[1:])):
        buckets = [forged if bucket is held else bucket for bucket in segment.buckets]
        assert not index.is_sound(segment._replace(buckets=buckets))
    assert not index.is_sound(segment._replace(size=1 << 17))  # more than the numbers can say
    assert not index.is_sound(segment._replace(code="x"))  # type: ignore[arg-type]
    assert not index.is_sound(segment._replace(buckets=segment.buckets[1:]))


class FailingCorpus(MemoryCorpus):
    """A corpus one file of which has gone."""

    def read(self, path: str) -> bytes:
        if path == "gone.py":
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
        return super().read(path)


def test_a_file_that_cannot_be_read_is_told_and_costs_no_other() -> None:
    """It is a problem; the rest is answered."""
    asked = Sieve(FailingCorpus({"gone.py": "X", "there.py": "X"}))
    assert asked.mentioning("X") == ("there.py",)
    assert asked.problems == (("gone.py", "no such file or directory"),)
    assert "gone.py" not in asked.digests


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files enough for several processes, with copies, odd names and one that cannot be read."""
    for number in range(40):
        (tmp_path / f"d{number % 7}").mkdir(exist_ok=True)
        (tmp_path / f"d{number % 7}/f{number % 9}.py").write_text(f"class C{number % 5}(Base): name_{number % 11}\n")
    (tmp_path / "d0/\udcff.py").write_bytes(b"name_1")
    (tmp_path / "d0/link.py").symlink_to("f0.py")
    return tmp_path


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_any_number_of_processes_gives_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Words, headers, digests and problems are equal for one, two and five processes."""
    monkeypatch.setattr(sieve, "_WORTH_A_FORK", 0)
    monkeypatch.setattr(workers.threading, "active_count", lambda: 1)
    paths = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.py"))
    answers = []
    for jobs in (1, 2, 5):
        asked = Sieve(DiskCorpus(folder, paths), jobs=jobs)
        mentions = asked.mentions([f"name_{number}" for number in range(12)] + ["Base"])
        answers.append((mentions, asked.class_headers, dict(asked.digests), asked.problems))
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0]["name_1"]
    assert [path for path, _ in answers[0][3]] == ["d0/link.py"]


def descriptors() -> int:
    """How many this process has open, where the system tells."""
    folder = Path("/proc/self/fd")
    return sum(1 for _ in folder.iterdir()) if folder.exists() else 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
class TestWorkers:
    """Shares in forked processes."""

    def test_answers_come_in_order(self) -> None:
        """Large answers, the empty one and more shares than processors."""
        assert workers.share_out(lambda share: b"%d" % share * share * 50_000, 5) == [
            b"%d" % share * share * 50_000 for share in range(5)
        ]

    @pytest.mark.parametrize(("processes", "times"), [(2, 1), (1, 0)])
    def test_something_else_is_done_while_children_work(self, processes: int, times: int) -> None:
        """Once, while they wait for it; not at all where nobody works beside this process."""
        reading, writing = os.pipe()
        done = []

        def work(share: int) -> bytes:
            return os.read(reading, 1) if processes > 1 else b"%d" % share

        def meanwhile() -> None:
            done.append(os.write(writing, b"go"))

        answers = workers.share_out(work, 2, processes, meanwhile=meanwhile)
        assert sorted(answers) == ([b"g", b"o"] if processes > 1 else [b"0", b"1"])
        assert len(done) == times
        os.close(reading)
        os.close(writing)

    def test_a_child_that_dies_costs_time_only(self) -> None:
        """Killed, failed or cut short in a child: the share is done again here."""
        parent = os.getpid()

        def work(share: int) -> bytes:
            if os.getpid() != parent:
                if share == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                if share == 1:
                    raise RuntimeError
                if share == 2:
                    sys.exit(0)
            return b"done %d" % share

        assert workers.share_out(work, 4) == [b"done 0", b"done 1", b"done 2", b"done 3"]

    def test_an_error_of_the_work_itself_is_raised_here(self) -> None:
        """Not swallowed with the child."""

        def work(share: int) -> bytes:
            raise LookupError(share)

        with pytest.raises(LookupError):
            workers.share_out(work, 2)

    def test_no_process_and_no_descriptor_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also when the wait for an answer is interrupted."""
        forked = []
        fork = os.fork
        monkeypatch.setattr(workers.os, "fork", lambda: forked.append(fork()) or forked[-1])
        parent = os.getpid()

        def interrupted(share: int) -> bytes:
            if os.getpid() != parent:
                if share == 0:
                    os.kill(parent, signal.SIGINT)
                time.sleep(60)
            return b""

        opened = descriptors()
        begun = time.perf_counter()
        with pytest.raises(KeyboardInterrupt):
            workers.share_out(interrupted, 2)
        assert time.perf_counter() - begun < 30
        assert forked
        for process in forked:
            with pytest.raises(ProcessLookupError):
                os.kill(process, 0)
        assert descriptors() == opened
