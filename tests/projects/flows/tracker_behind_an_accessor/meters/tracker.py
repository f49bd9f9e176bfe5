"""Trackers with an accessor: one with an open constructor, two that refuse."""

from __future__ import annotations

_open: OpenTracker | None = None
_closed: ClosedTracker | None = None
_KEY = object()


class OpenTracker:  # expect: REG103 certain
    def __init__(self, limit: int = 10) -> None:
        if limit < 0:
            raise ValueError("limit")
        self.limit = limit


class ClosedTracker:
    def __init__(self, key: object = None) -> None:
        if key is not _KEY:
            raise RuntimeError("use get_closed_tracker()")


class NewTracker:
    _instance: NewTracker | None = None

    def __init__(self) -> None:
        raise RuntimeError("use NewTracker.get_instance()")

    @classmethod
    def get_instance(cls) -> NewTracker:
        if cls._instance is None:
            cls._instance = cls.__new__(cls)
        return cls._instance


def get_open_tracker() -> OpenTracker:
    global _open
    if _open is None:
        _open = OpenTracker()
    return _open


def get_closed_tracker() -> ClosedTracker:
    global _closed
    if _closed is None:
        _closed = ClosedTracker(_KEY)
    return _closed
