"""What is new since a revision: the whole project is linted twice, and the two results are held together.

The base is read from git's objects into an index of its own; the work tree and git's index are not touched. A
finding that a change causes in a file which did not change is found like any other, since both sides are whole.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from registry_lint.baseline import Baseline
from registry_lint.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

    from registry_lint.request import Request


def findings_at(request: Request, revision: str) -> Baseline:
    """What was found in the merge base of HEAD and a revision, as known findings for `run.sift`.

    Identities hold no line numbers, and a renamed file is known again by its findings' symbols and code. Raises
    UserError where the revision does not exist or there is no git.
    """
    from registry_lint.request import whole
    from registry_lint.run import examine
    from registry_lint.source import git
    from registry_lint.source.corpus import GitCorpus
    from registry_lint.source.excludes import left_out, packages_among

    try:
        base = git.merge_base(request.root, revision)
    except UserError as error:
        if _is_shallow(request.root):
            hint = f"this is a shallow clone: fetch it, as with `git fetch --depth=1 origin {revision}`"
            raise UserError(*(mistake._replace(hint=hint) for mistake in error.mistakes)) from error
        raise
    with GitCorpus(request.root, base) as everything:
        is_left_out = left_out(request.settings, packages_among(frozenset(everything.paths)))
        paths = [path for path in everything.paths if not is_left_out(path)]
    with GitCorpus(request.root, base, paths) as corpus:
        before = examine(
            dataclasses.replace(request, gathered=whole(corpus), baseline=None, positions=None, suggest=False)
        )
    return Baseline(base[:12], (judged.identity for judged in before.findings))


def _is_shallow(root: Path) -> bool:
    """Whether the repository around a folder has no whole history."""
    return any((folder / ".git" / "shallow").exists() for folder in (root, *root.parents))
