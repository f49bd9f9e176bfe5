"""Two bindings of one name, either of which may hold; a name that exists for the type checker only."""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    from codecs_pkg.fast import Packer
except ImportError:
    from codecs_pkg.slow import Packer

if TYPE_CHECKING:
    from codecs_pkg.base import CodecRegistry


def load(registry: CodecRegistry) -> None:
    registry.register("made", Packer())
    registry.register("kind", Packer)  # expect: REG202 certain


def load_late(registry: "CodecRegistry") -> None:
    from codecs_pkg.slow import Packer as Slow

    registry.register("slow", Slow)  # expect: REG202 certain
