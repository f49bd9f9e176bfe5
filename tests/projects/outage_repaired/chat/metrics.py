"""Figures about calls. Class names are labels here, and no key of any registry."""

import logging
from collections import Counter
from typing import Any

logger = logging.getLogger(__name__)


class CallMetrics:
    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()

    def count(self, tool: Any, answer: Any) -> None:
        label = f"{type(tool).__name__}.{type(answer).__name__}"
        self.calls[label] += 1
        self.calls[tool.__class__.__name__.lower()] += 1
        logger.debug("call %s", {"tool": type(tool).__name__, "answer": type(answer).__qualname__})
