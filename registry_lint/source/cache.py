"""What one run leaves for the next: rows of bytes in one SQLite file, safe to lose and never to be trusted.

A cache makes a run faster and changes nothing else. Each row carries a checksum, the schema is compared with ours
word for word before anything is asked, and whatever is wrong (a flipped byte, another version, another program's
file) means that the file is dropped and made again. Nothing in it is ever executed: rows are bytes, which the caller
decodes into typed records. Where the file stands and who may write it is said in cache_folder.py.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import sqlite3
import stat
import sys
import time
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

Kind = Literal["facts", "findings", "files", "contents", "segment", "answers"]

LIMIT = 512 * 1024 * 1024  # bytes of the file; beyond it the rows that were not used for longest go

FILE = "rows.sqlite"
COMPANIONS = ("", "-wal", "-shm", "-journal")  # what SQLite puts beside it
_SCHEMA = (
    "CREATE TABLE about (version TEXT NOT NULL)",
    "CREATE TABLE rows (kind TEXT NOT NULL, key BLOB NOT NULL, body BLOB NOT NULL, mark BLOB NOT NULL,"
    " used INTEGER NOT NULL, PRIMARY KEY (kind, key))",
)
# UnicodeError: where a damaged name stands in SQLite's own message, Python cannot even build the exception.
_ERRORS = (sqlite3.Error, UnicodeError)
_FLUSH_AT = 16 * 1024 * 1024  # bytes that wait to be written
_PATIENCE = 2.0  # seconds that one of two processes waits for the other


class Cache:
    """Rows by kind and key. No method raises because of the cache's state: what is not there is not there."""

    def __init__(self, folder: Path, version: str, *, limit: int = LIMIT) -> None:
        """Open the cache in an existing folder. `version` names all that the meaning of a row depends on."""
        self._file = folder / FILE
        self._version = f"{version} {sys.implementation.cache_tag} {sys.byteorder}"
        self._limit = limit
        self._waiting: dict[tuple[Kind, bytes], bytes] = {}
        self._waiting_size = 0
        self._seen: set[tuple[Kind, bytes]] = set()
        self._connection = self._opened()

    def get(self, kind: Kind, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Those of the rows that are there."""
        found: dict[bytes, bytes] = {}
        for key in keys:
            waiting = self._waiting.get((kind, key))
            body = waiting if waiting is not None else self._row(kind, key)
            if body is not None:
                found[key] = body
        return found

    def reader(self) -> Callable[[Kind, bytes], bytes | None]:
        """A row by kind and key, for forked processes. A connection must not be used on both sides of a fork: each
        process opens one of its own, which only reads, and takes nothing from a cache that is not in order."""
        connections: dict[int, sqlite3.Connection | None] = {}

        def row(kind: Kind, key: bytes) -> bytes | None:
            process = os.getpid()
            if process not in connections:
                connections[process] = _connect_to_read(self._file)
            connection = connections[process]
            if connection is None:
                return None
            try:
                found = connection.execute("SELECT body, mark FROM rows WHERE kind = ? AND key = ?", (kind, key))
                body, mark = found.fetchone() or (None, None)
            except _ERRORS:
                return None
            return body if isinstance(body, bytes) and mark == _mark(kind, key, body) else None

        return row

    def all(self, kind: Kind) -> dict[bytes, bytes]:
        """Every row of a kind."""
        self.flush()
        if self._connection is None:
            return {}
        try:
            keys = [key for (key,) in self._connection.execute("SELECT key FROM rows WHERE kind = ?", (kind,))]
        except _ERRORS as error:
            self._failed(error)
            return {}
        return self.get(kind, (key for key in keys if isinstance(key, bytes)))

    def put(self, kind: Kind, rows: Mapping[bytes, bytes]) -> None:
        """Keep rows; they are written in one go later (`flush`, `close`)."""
        for key, body in rows.items():
            self._waiting[kind, key] = body
            self._waiting_size += len(body)
        if self._waiting_size > _FLUSH_AT:
            self.flush()

    def remove(self, kind: Kind, keys: Iterable[bytes]) -> None:
        """Forget rows."""
        gone = list(keys)
        for key in gone:
            self._waiting.pop((kind, key), None)
        self._write("DELETE FROM rows WHERE kind = ? AND key = ?", [(kind, key) for key in gone])

    def flush(self) -> None:
        """Write what waits."""
        today = _today()
        rows = [(kind, key, body, _mark(kind, key, body), today) for (kind, key), body in self._waiting.items()]
        self._waiting = {}
        self._waiting_size = 0
        self._write("INSERT OR REPLACE INTO rows (kind, key, body, mark, used) VALUES (?, ?, ?, ?, ?)", rows)

    def close(self) -> None:
        """Write what waits, note what was used, make room. The cache is empty and silent afterwards."""
        self.flush()
        today = _today()
        # Once a day is enough to know what is old, and keeps a run that only reads from writing.
        self._write(
            "UPDATE rows SET used = ?3 WHERE kind = ?1 AND key = ?2 AND used <> ?3",
            [(kind, key, today) for kind, key in self._seen],
        )
        self._make_room()
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _row(self, kind: Kind, key: bytes) -> bytes | None:
        if self._connection is None:
            return None
        try:
            row = self._connection.execute(
                "SELECT body, mark, used FROM rows WHERE kind = ? AND key = ?", (kind, key)
            ).fetchone()
        except _ERRORS as error:
            self._failed(error)
            return None
        if row is None:
            return None
        body, mark, used = row
        if not isinstance(body, bytes) or mark != _mark(kind, key, body):
            self.start_anew()
            return None
        if used != _today():
            self._seen.add((kind, key))
        return body

    def _write(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if self._connection is None or not rows:
            return
        try:
            with self._connection:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.executemany(statement, rows)
        except _ERRORS as error:
            self._failed(error)

    def _make_room(self) -> None:
        """Drop the rows that were not used for longest, until three quarters of the limit are kept."""
        if self._connection is None:
            return
        try:
            ((pages,),) = self._connection.execute("PRAGMA page_count")
            ((page,),) = self._connection.execute("PRAGMA page_size")
            if pages * page <= self._limit:
                return
            kept, doomed = 0, []
            for kind, key, size in self._connection.execute(
                "SELECT kind, key, length(body) FROM rows ORDER BY used DESC, kind, key"
            ).fetchall():
                kept += size + 200
                if kept > self._limit * 3 // 4:
                    doomed.append((kind, key))
            self._write("DELETE FROM rows WHERE kind = ? AND key = ?", doomed)
            if self._connection is not None:
                # `execute` takes one step only, which frees one page.
                self._connection.executescript("PRAGMA incremental_vacuum")
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except _ERRORS as error:
            self._failed(error)

    def _opened(self) -> sqlite3.Connection | None:
        """A connection to a file with our schema and version; None where none can be made."""
        for last in (False, True):
            try:
                connection = _connect(self._file)
            except (*_ERRORS, OSError):
                connection = None
            if connection is not None:
                try:
                    if _prepare(connection, self._version):
                        return connection
                except sqlite3.OperationalError as error:
                    if not _is_damage(error):  # locked, full, read-only: not ours to drop
                        connection.close()
                        return None
                except _ERRORS:
                    pass
                connection.close()
            if last or not _dropped(self._file):
                return None
        return None

    def _failed(self, error: Exception) -> None:
        """After damage the cache starts anew; after anything else (locked, full, read-only) it is off for this run."""
        if _is_damage(error):
            self.start_anew()
        elif self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def start_anew(self) -> None:
        """Drop all that is kept: it is not what we wrote."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
        self._seen.clear()
        if _dropped(self._file):
            self._connection = self._opened()


def _connect_to_read(file: Path) -> sqlite3.Connection | None:
    """A connection that cannot write; None where there is no file, or none that can be read so."""
    try:
        return _wary(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE))
    except (*_ERRORS, OSError, ValueError):
        return None


def _connect(file: Path) -> sqlite3.Connection:
    """Raises sqlite3.Error or OSError."""
    for companion in COMPANIONS:
        path = file.with_name(file.name + companion)
        with contextlib.suppress(FileNotFoundError):
            status = path.lstat()
            # A link, soft or hard, could make SQLite write to a file outside of the cache.
            if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
                path.unlink()
    return _wary(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None, check_same_thread=False))


def _wary(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection to a file that may hold anything. Raises sqlite3.Error."""
    # Damaged text must be seen as wrong, not raise from wherever it is met.
    connection.text_factory = functools.partial(str, encoding="utf-8", errors="replace")
    try:
        # Not synchronous: what a power cut breaks is found by the checksums, and no run waits for a disk.
        for pragma in (
            "synchronous = OFF",
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "mmap_size = 0",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except _ERRORS:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, version: str) -> bool:
    """Make or check the schema. False: the file is another's or another version's. Raises sqlite3.Error."""
    statements = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")]
    if not statements:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            # The other of two processes may have been here first.
            if not connection.execute("SELECT 1 FROM sqlite_schema").fetchall():
                for statement in _SCHEMA:
                    connection.execute(statement)
                connection.execute("INSERT INTO about VALUES (?)", (version,))
        statements = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")]
    if sorted(statements) != sorted(_SCHEMA):
        return False
    return connection.execute("SELECT version FROM about").fetchall() == [(version,)]


def _dropped(file: Path) -> bool:
    """Remove the file and its companions; False where that is not allowed."""
    try:
        for companion in COMPANIONS:
            file.with_name(file.name + companion).unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _is_damage(error: Exception) -> bool:
    """Whether the file itself is wrong, and not the moment, the disk or the permissions."""
    code = getattr(error, "sqlite_errorcode", None)
    if isinstance(error, sqlite3.OperationalError):
        # SQLITE_ERROR: a statement that fits our schema failed, so the schema is not ours.
        return code is None or code & 0xFF in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    return True


def _mark(kind: Kind, key: bytes, body: bytes) -> bytes:
    """A checksum of a whole row: bytes that were changed, or that belong to another row, do not have it."""
    mark = hashlib.blake2b(kind.encode("ascii"), digest_size=8)
    mark.update(len(key).to_bytes(4, "big") + key)
    mark.update(body)
    return mark.digest()


def _today() -> int:
    return int(time.time() // 86400)
