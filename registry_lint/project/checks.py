"""Scripts that check: programs of their own that build and register things to see whether it works.

They lie among scripts, where no pattern for tests finds them, and do what tests do: `python verify_registry.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from registry_lint.facts.records import NONE
from registry_lint.project.entrypoints import main_test
from registry_lint.project.forbidden_imports import imports_of

if TYPE_CHECKING:
    from registry_lint.facts.records import ExprId, FileFacts
    from registry_lint.project.model import Project

_CHECKING = re.compile(r"_*(?:test|tests|validate|verify|check)(?:_\w+)?")


class Checks:
    """Answers are memoised."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._programs: dict[str, bool] = {}

    def is_check(self, path: str, expr: ExprId) -> bool:
        """Whether an expression stands in a function that is called like a check, in a program of its own: a service
        that validates is imported by what it serves."""
        file = self._project.facts_of(path)
        scope = file.blocks[file.expression_blocks[expr]].scope
        while scope > 0:
            record = file.scopes[scope]
            if record.kind == "function" and _CHECKING.fullmatch(file.functions[record.owner].name):
                return self._is_program(path, file)
            scope = record.parent
        return False

    def is_trial(self, path: str, expr: ExprId) -> bool:
        """Whether an expression stands below a module's `if __name__ == "__main__"`: where the module is imported, none
        of it runs."""
        file = self._project.facts_of(path)
        test = main_test(file)
        around = self._project.branches.around(path, file.expression_blocks[expr])
        return test != NONE and any(file.blocks[b].kind == "if" and test in file.blocks[b].headers for b in around)

    def _is_program(self, path: str, file: FileFacts) -> bool:
        """Whether a module runs by itself (`if __name__ == "__main__"`) and no production code imports it."""
        if path not in self._programs:
            module = self._project.names.module_of(path)
            imported = imports_of(self._project, module, is_module=True)
            self._programs[path] = main_test(file) != NONE and next(imported, None) is None
        return self._programs[path]
