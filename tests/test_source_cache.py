"""The cache: safe to lose, never trusted, and never the reason of another answer."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from registry_lint.source import cache as caches
from registry_lint.source import cache_folder, kept
from registry_lint.source import states as file_states
from registry_lint.source.cache import Cache
from registry_lint.source.cache_folder import FOLDER, VARIABLE, clean, open_cache
from registry_lint.source.corpus import DiskCorpus
from registry_lint.source.kept import KeptIndexes
from registry_lint.source.sieve import Sieve

posix = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX file system")
ROWS = {b"one": b"1" * 100, b"two": b"2" * 5000, b"\0odd\xff": b""}


def filled(folder: Path, version: str = "1") -> None:
    """A cache with some rows."""
    with Cache(folder, version) as cache:
        cache.put("facts", ROWS)
        cache.put("findings", {b"one": b"other"})


def test_rows_come_back(tmp_path: Path) -> None:
    """By kind and key, before and after they are written, also by another cache on the same file."""
    with Cache(tmp_path, "1") as first, Cache(tmp_path, "1") as second:
        first.put("facts", ROWS)
        assert first.get("facts", [*ROWS, b"none"]) == ROWS
        assert second.get("facts", ROWS) == {}
        first.flush()
        assert second.get("facts", ROWS) == ROWS
        assert second.get("findings", ROWS) == {}
        assert second.all("facts") == ROWS
        second.put("facts", {b"one": b"new"})
        second.remove("facts", [b"two"])
    with Cache(tmp_path, "1") as third:
        assert third.all("facts") == {b"one": b"new", b"\0odd\xff": b""}


def test_another_versions_rows_are_dropped(tmp_path: Path) -> None:
    """Either way round, and the cache works at once."""
    filled(tmp_path, "1")
    with Cache(tmp_path, "2") as cache:
        assert cache.all("facts") == {}
        cache.put("facts", {b"k": b"v"})
    with Cache(tmp_path, "2") as cache:
        assert cache.all("facts") == {b"k": b"v"}


FOREIGN = {
    "empty": [],
    "another program's": ["CREATE TABLE cookies (host TEXT)", "INSERT INTO cookies VALUES ('x')"],
    "our table with another column": ["CREATE TABLE rows (kind, key, body)"],
    "a view that never ends": [
        "CREATE TABLE about (version TEXT NOT NULL)",
        "CREATE VIEW rows AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT x AS kind, x AS key, x AS body, x AS mark, x AS used FROM n",
    ],
}


@pytest.mark.parametrize("statements", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_file_is_dropped(tmp_path: Path, statements: list[str]) -> None:
    """Nothing is asked of a schema that is not ours."""
    with sqlite3.connect(tmp_path / caches.FILE) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    filled(tmp_path)
    with Cache(tmp_path, "1") as cache:
        assert cache.all("facts") == ROWS


def test_a_trigger_beside_our_tables_is_foreign(tmp_path: Path) -> None:
    """It would run with our statements."""
    filled(tmp_path)
    with sqlite3.connect(tmp_path / caches.FILE) as connection:
        connection.execute("CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows; END")
    connection.close()
    filled(tmp_path)
    with Cache(tmp_path, "1") as cache:
        assert cache.all("facts") == ROWS


@pytest.mark.parametrize("content", [b"", b"x", b"\0" * 4096, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_dropped(tmp_path: Path, content: bytes) -> None:
    """Rubbish of any length, also in the log beside it."""
    (tmp_path / caches.FILE).write_bytes(content)
    (tmp_path / (caches.FILE + "-wal")).write_bytes(content)
    filled(tmp_path)
    with Cache(tmp_path, "1") as cache:
        assert cache.all("facts") == ROWS


def check_damaged(folder: Path) -> None:
    """A cache in any state gives only what was put into it, or nothing, and can be filled again."""
    with Cache(folder, "1") as cache:
        for key, body in cache.get("facts", ROWS).items():
            assert ROWS[key] == body
        for key, body in cache.all("facts").items():
            assert ROWS[key] == body
        assert cache.get("findings", [b"one"]) in ({}, {b"one": b"other"})
        cache.put("facts", ROWS)
        cache.flush()
        if cache.get("facts", ROWS) != ROWS:  # the damage was met while writing: the file is new now
            cache.put("facts", ROWS)
        assert cache.get("facts", ROWS) == ROWS
    with Cache(folder, "1") as cache:
        assert cache.get("facts", ROWS).items() <= ROWS.items()


def small_cache(folder: Path) -> bytes:
    """The bytes of a small cache: no free pages, log folded in."""
    filled(folder)
    content = (folder / caches.FILE).read_bytes()
    assert not (folder / (caches.FILE + "-wal")).exists()
    return content


# Every byte takes minutes; a stride that is prime to the page size meets each kind of place. CI's long run uses 1.
STRIDE = int(os.environ.get("REGISTRY_LINT_TEST_STRIDE", "307"))


def test_no_flipped_byte_changes_an_answer(tmp_path: Path) -> None:
    """Each byte in turn (see STRIDE), inverted or with one bit changed."""
    content = small_cache(tmp_path)
    file = tmp_path / caches.FILE
    for at in [*range(0, 100, min(STRIDE, 3)), *range(100, len(content), STRIDE)]:
        for change in (0xFF, 1 << at % 8):
            for companion in caches.COMPANIONS:
                (tmp_path / (caches.FILE + companion)).unlink(missing_ok=True)
            file.write_bytes(content[:at] + bytes([content[at] ^ change]) + content[at + 1 :])
            check_damaged(tmp_path)


def test_no_truncation_changes_an_answer(tmp_path: Path) -> None:
    """Cut at many places."""
    content = small_cache(tmp_path)
    for length in range(0, len(content), 509):
        (tmp_path / caches.FILE).write_bytes(content[:length])
        check_damaged(tmp_path)


def test_a_row_under_anothers_key_is_not_believed(tmp_path: Path) -> None:
    """The checksum covers kind and key: a row cannot be passed off as another."""
    filled(tmp_path)
    with sqlite3.connect(tmp_path / caches.FILE) as connection:
        connection.execute("UPDATE rows SET kind = 'findings', key = x'AA' WHERE kind = 'facts' AND key = ?", (b"one",))
    connection.close()
    with Cache(tmp_path, "1") as cache:
        assert cache.get("findings", [b"\xaa"]) == {}


def test_damage_met_in_the_middle_of_a_run(tmp_path: Path) -> None:
    """The file is overwritten under an open cache: no error, no wrong row."""
    filled(tmp_path)
    with Cache(tmp_path, "1") as cache:
        (tmp_path / caches.FILE).write_bytes(b"\0" * 20_000)
        assert cache.get("facts", ROWS).items() <= ROWS.items()
        cache.put("facts", ROWS)
    with Cache(tmp_path, "1") as cache:
        assert cache.get("facts", ROWS).items() <= ROWS.items()


def _contend(folder: Path, seed: int) -> None:
    for turn in range(30):
        with Cache(folder, "1") as cache:
            keys = [b"%d" % ((seed * 7 + turn + step) % 50) for step in range(20)]
            for key, body in cache.get("facts", keys).items():
                assert body == key * 500
            cache.put("facts", {key: key * 500 for key in keys})


@pytest.mark.parametrize("processes", [2, 8])
def test_several_processes_at_once(tmp_path: Path, processes: int) -> None:
    """They read and write the same rows; none fails, none reads what was not written."""
    context = multiprocessing.get_context("spawn")
    running = [context.Process(target=_contend, args=(tmp_path, seed)) for seed in range(processes)]
    for process in running:
        process.start()
    for process in running:
        process.join(120)
    assert [process.exitcode for process in running] == [0] * processes
    with Cache(tmp_path, "1") as cache:
        found = cache.all("facts")
    assert found
    assert all(body == key * 500 for key, body in found.items())


def test_a_locked_file_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that holds the file for long costs the patience once, and no rows of its own."""
    monkeypatch.setattr(caches, "_PATIENCE", 0.05)
    filled(tmp_path)
    other = sqlite3.connect(tmp_path / caches.FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Cache(tmp_path, "1") as cache:
        assert cache.get("facts", ROWS) == ROWS
        cache.put("facts", {b"new": b"row"})
    other.execute("ROLLBACK")
    other.close()
    with Cache(tmp_path, "1") as cache:
        assert cache.all("facts") == ROWS


def test_the_size_is_bounded_and_old_rows_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was used lately stays."""
    limit = 400_000
    for day in range(12):
        monkeypatch.setattr(caches, "_today", lambda day=day: 20_000 + day)
        with Cache(tmp_path, "1", limit=limit) as cache:
            assert (day == 0) == (cache.get("facts", [b"always"]) == {})
            cache.put("facts", {b"always": b"a" * 1000, b"day %d" % day: os.urandom(60_000)})
        assert (tmp_path / caches.FILE).stat().st_size <= limit
    with Cache(tmp_path, "1", limit=limit) as cache:
        keys = set(cache.all("facts"))
    assert {b"always", b"day 11", b"day 10"} <= keys
    assert b"day 0" not in keys


# --- where it stands -----------------------------------------------------------------------------------------


def test_the_folder_says_what_it_is(tmp_path: Path) -> None:
    """Back-up programs and git pass it by; a second opening changes nothing."""
    for _ in range(2):
        cache = open_cache(tmp_path)
        assert cache is not None
        cache.close()
    folder = tmp_path / FOLDER
    assert (folder / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")
    assert (folder / ".gitignore").read_text().endswith("*\n")
    assert [path.name for path in tmp_path.iterdir()] == [FOLDER]


def test_the_place_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the variable, where each project has its own part, and by the command line, which wins."""
    monkeypatch.setenv(VARIABLE, str(tmp_path / "all"))
    for project in ("one", "two"):
        (tmp_path / project).mkdir()
        with open_cache(tmp_path / project) or pytest.fail("no cache") as cache:
            assert cache.all("facts") == {}
            cache.put("facts", {project.encode(): b""})
    assert len(list((tmp_path / "all").iterdir())) == 2
    with open_cache(tmp_path / "one", tmp_path / "chosen") or pytest.fail("no cache") as cache:
        assert cache.all("facts") == {}
    assert not (tmp_path / "one" / FOLDER).exists()


@posix
def test_what_is_analysed_does_not_decide_where_we_write(tmp_path: Path) -> None:
    """Links in place of the folder and of the files in it lead nowhere."""
    victim = tmp_path / "victim"
    victim.mkdir()
    project = tmp_path / "project"
    project.mkdir()
    (project / FOLDER).symlink_to(victim, target_is_directory=True)
    assert open_cache(project) is None
    assert list(victim.iterdir()) == []
    (project / FOLDER).unlink()
    (project / FOLDER).mkdir()
    precious = victim / "precious.sqlite"
    with sqlite3.connect(precious) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    content = precious.read_bytes()
    for companion in caches.COMPANIONS:
        (project / FOLDER / (caches.FILE + companion)).symlink_to(precious)
    for name in ("CACHEDIR.TAG", ".gitignore"):
        (project / FOLDER / name).symlink_to(victim / "made")
    with open_cache(project) or pytest.fail("no cache") as cache:
        cache.put("facts", ROWS)
    (project / FOLDER / caches.FILE).unlink()
    os.link(precious, project / FOLDER / caches.FILE)
    with open_cache(project) or pytest.fail("no cache") as cache:
        cache.put("facts", ROWS)
    assert precious.read_bytes() == content
    assert sorted(path.name for path in victim.iterdir()) == ["precious.sqlite"]


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_project_has_no_cache(tmp_path: Path) -> None:
    """Silently."""
    tmp_path.chmod(0o555)
    try:
        assert open_cache(tmp_path) is None
    finally:
        tmp_path.chmod(0o755)


def test_a_file_in_place_of_the_folder(tmp_path: Path) -> None:
    """No cache, no error, and the file stays."""
    (tmp_path / FOLDER).write_text("mine")
    assert open_cache(tmp_path) is None
    assert open_cache(tmp_path, tmp_path / FOLDER / "below") is None
    assert (tmp_path / FOLDER).read_text() == "mine"
    assert not clean(tmp_path)


def test_clean_removes_our_files_only(tmp_path: Path) -> None:
    """What somebody else put there stays, with the folder."""
    assert not clean(tmp_path)
    (open_cache(tmp_path) or pytest.fail("no cache")).close()
    assert clean(tmp_path)
    assert not (tmp_path / FOLDER).exists()
    (open_cache(tmp_path) or pytest.fail("no cache")).close()
    (tmp_path / FOLDER / "notes").write_text("mine")
    assert clean(tmp_path)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == ["notes"]


def test_the_program_has_another_identity_after_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a checkout the version stands still while rules change: their rows must not be taken for today's."""
    package = tmp_path / "registry_lint/source"
    package.mkdir(parents=True)
    (tmp_path / "rules").mkdir()
    monkeypatch.setattr(cache_folder, "__file__", str(package / "cache_folder.py"))
    seen = {cache_folder.program_identity()}
    (package / "x.py").write_text("1")
    seen.add(cache_folder.program_identity())
    (package / "x.py").write_text("12")
    seen.add(cache_folder.program_identity())
    (tmp_path / "rules/r.py").write_text("1")
    seen.add(cache_folder.program_identity())
    (tmp_path / "rules/notes.txt").write_text("1")
    seen.add(cache_folder.program_identity())
    assert len(seen) == 4


def test_an_installed_program_has_the_identity_of_its_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it was installed and whenever: a pipeline installs it anew and keeps the cache."""

    def identity(where: str, digest: str, script: str = "1") -> str:
        package = tmp_path / where / "registry_lint/source"
        package.mkdir(parents=True)
        (package / "x.py").write_text(where)
        record = tmp_path / where / "registry_lint-0.1.0.dist-info/RECORD"
        record.parent.mkdir()
        record.write_text(
            f"../bin/registry-lint,sha256={script},1\nregistry_lint/__pycache__/x.pyc,,\n"
            f"registry_lint/source/x.py,sha256={digest},1\n"
        )
        monkeypatch.setattr(cache_folder, "__file__", str(package / "cache_folder.py"))
        return cache_folder.program_identity()

    assert identity("a", "one") == identity("b", "one", script="2")
    assert identity("c", "other") != identity("d", "one")


# --- states and indexes --------------------------------------------------------------------------------------


def age(root: Path, seconds: float = 10) -> None:
    """Make every file look as if it had been written a while ago, as far as a program can."""
    for path in root.rglob("*.py"):
        moment = time.time_ns() - int(seconds * 1e9)
        os.utime(path, ns=(moment, moment), follow_symlinks=False)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change times cannot be set: let the bound be short, and wait for it."""
    monkeypatch.setattr(file_states, "_SETTLED_AFTER", 20_000_000)


def test_states_tell_every_change(tmp_path: Path, settled: None) -> None:  # noqa: ARG001
    """Content of the same length with the time set back, another inode, a link in its place, a new and a gone file."""
    (tmp_path / "a.py").write_text("one")
    (tmp_path / "b.py").write_text("two")
    paths = ["a.py", "b.py", "gone.py"]

    def named() -> bytes | None:
        time.sleep(0.05)
        return file_states.states(tmp_path, paths).fingerprint()

    seen = [named()]
    times = (tmp_path / "a.py").stat()
    (tmp_path / "a.py").write_text("eno")
    os.utime(tmp_path / "a.py", ns=(times.st_atime_ns, times.st_mtime_ns))
    seen.append(named())
    os.replace(tmp_path / "b.py", tmp_path / "gone.py")  # noqa: PTH105
    seen.append(named())
    (tmp_path / "a.py").unlink()
    seen.append(named())
    assert None not in seen
    assert len(set(seen)) == 4
    assert named() == seen[-1]


def test_a_file_that_changed_just_now_has_no_sure_state(tmp_path: Path) -> None:
    """It may change again within the same tick; a time in the future is never sure."""
    (tmp_path / "a.py").write_text("x")
    assert file_states.states(tmp_path, ["a.py"]).fingerprint() is None
    future = time.time_ns() + 10**12
    os.utime(tmp_path / "a.py", ns=(future, future))
    at = file_states.states(tmp_path, ["a.py"])
    assert not at._replace(moment=at.moment + 10**11).is_settled(at.files["a.py"])


class CountingCorpus(DiskCorpus):
    """A corpus that notes what was read."""

    def __init__(self, root: Path, paths: list[str]) -> None:
        super().__init__(root, paths)
        self.was_read: list[str] = []

    def read(self, path: str) -> bytes:
        self.was_read.append(path)
        return super().read(path)


def asked(project: Path, cache: Cache) -> tuple[Sieve, CountingCorpus]:
    """A sieve over a project with what earlier runs kept."""
    paths = sorted(str(path.relative_to(project)) for path in project.rglob("*.py"))
    corpus = CountingCorpus(project, paths)
    return Sieve(corpus, library=KeptIndexes(cache, project, file_states.states(project, paths), corpus.read)), corpus


def test_only_what_changed_is_read_again(tmp_path: Path, settled: None) -> None:  # noqa: ARG001
    """A new, a changed, a touched, a copied and a removed file; the answers are those of a sieve without a cache."""
    project = tmp_path / "p"
    project.mkdir()
    for number in range(12):
        (project / f"f{number}.py").write_text(f"class C{number}(Base): x{number % 5} = 1\n")
    with Cache(tmp_path, "1") as cache:
        for change, expected in (
            (lambda: None, [f"f{number}.py" for number in range(12)]),
            (lambda: None, []),
            (lambda: (project / "f1.py").write_text("class New(Base): x1"), ["f1.py"]),
            (lambda: (project / "f2.py").touch(), ["f2.py"]),
            (lambda: (project / "f20.py").write_bytes((project / "f3.py").read_bytes()), ["f20.py"]),
            (lambda: (project / "f4.py").unlink(), []),
            (lambda: (project / "f5.py").replace(project / "f6.py"), ["f6.py"]),
            (lambda: None, []),
        ):
            change()
            time.sleep(0.05)
            sieve, corpus = asked(project, cache)
            words = [*(f"x{number}" for number in range(6)), *(f"C{number}" for number in range(12)), "New", "Base"]
            plain = Sieve(DiskCorpus(project, corpus.paths))
            assert sieve.mentions(words) == plain.mentions(words)
            assert sieve.class_headers == plain.class_headers
            assert sieve.digests == plain.digests
            assert sorted(set(corpus.was_read)) == sorted(expected)


def test_class_headers_that_are_no_utf8_are_kept(tmp_path: Path, settled: None) -> None:  # noqa: ARG001
    """Latin-1 or broken bytes in a name: no text that can be encoded, and once the end of every cached run."""
    project = tmp_path / "p"
    project.mkdir()
    (project / "a.py").write_bytes(b"class Plain(Base): x\nclass \xe9t\xe9(Base, \xef\xbb): x\nclass Last(Plain): x\n")
    time.sleep(0.05)
    with Cache(tmp_path, "1") as cache:
        first, _ = asked(project, cache)
        headers = first.class_headers
        again, corpus = asked(project, cache)
        assert again.class_headers == headers
        assert not corpus.was_read
    assert "Last" in str(headers)


def test_many_small_changes_do_not_pile_up(tmp_path: Path, settled: None) -> None:  # noqa: ARG001
    """After a dozen runs with a change each there are a few segments, not a dozen."""
    project = tmp_path / "p"
    project.mkdir()
    for number in range(6):
        (project / f"f{number}.py").write_text(f"x{number}")
    with Cache(tmp_path, "1") as cache:
        for turn in range(30):
            (project / "f0.py").write_text(f"turn{turn}")
            time.sleep(0.03)
            sieve, _ = asked(project, cache)
            assert sieve.mentioning(f"turn{turn}") == ("f0.py",)
            assert sieve.mentioning(f"turn{turn - 1}") == ()
            assert sieve.mentioning("x5") == ("f5.py",)
            assert len(cache.all("segment")) <= kept._MOST_SMALL + 2


def test_worlds_share_a_cache(tmp_path: Path, settled: None) -> None:  # noqa: ARG001
    """Production and tests, asked apart, do not undo each other, though both have an empty file."""
    project = tmp_path / "p"
    project.mkdir()
    for name, text in {"a.py": "x", "a_init.py": "", "t.py": "x y", "t_init.py": ""}.items():
        (project / name).write_text(text)
    time.sleep(0.05)
    paths = ["a.py", "a_init.py", "t.py", "t_init.py"]
    with Cache(tmp_path, "1") as cache:
        for turn in range(3):
            corpus = CountingCorpus(project, paths)
            library = KeptIndexes(cache, project, file_states.states(project, paths), corpus.read)
            assert Sieve(corpus, paths[:2], library=library).mentioning("x") == ("a.py",)
            assert Sieve(corpus, paths[2:], library=library).mentioning("x") == ("t.py",)
            assert (corpus.was_read == []) == (turn > 0)


def test_rows_that_are_not_what_they_should_be_are_passed_over(tmp_path: Path, settled: None) -> None:  # noqa: ARG001
    """A cache filled by an enemy who knows the checksums: rubbish in every kind of row changes no answer."""
    project = tmp_path / "p"
    project.mkdir()
    (project / "a.py").write_text("class A(B): x")
    time.sleep(0.05)
    chance = random.Random(5)
    for _ in range(40):
        with Cache(tmp_path, "1") as cache:
            sieve, _ = asked(project, cache)
            assert sieve.mentioning("x") == ("a.py",)
            assert [header.name for header in sieve.class_headers] == ["A"]
            cache.flush()
            for kind in ("files", "contents", "segment"):
                for key, body in cache.all(kind).items():
                    at = chance.randrange(len(body) + 1)
                    cache.put(kind, {key: chance.choice([b"", body[:at], chance.randbytes(20), b"\xc0", body + b"\0"])})


def test_a_digest_is_short_and_depends_on_every_byte() -> None:
    """Sixteen bytes of BLAKE2b, as documented: other tools may want to make it again."""
    from registry_lint.source.sieve import digest

    assert digest(b"x") == hashlib.blake2b(b"x", digest_size=16).digest()
    assert digest(b"x\0") != digest(b"x")
    assert stat.S_ISDIR(Path(__file__).parent.stat().st_mode)
