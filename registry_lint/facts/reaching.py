"""What reaches the place that is read: the bindings of each name, and the tests that hold for each path.

The environment maps a name to the bindings that reach this point, the guards map a path (`tool`, `self.x`,
`parts['tools']`) to the tests that hold for it. Where control parts both are forked, where it meets they are joined:
the arms of an `if` leave the bindings of either, the head of a loop merges what its body leaves behind, a handler
begins with everything that the `try` may have bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from registry_lint.facts.guards import path_of
from registry_lint.facts.records import BindingId, MergedBinding, NarrowedBinding, Position, ScopeId

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Sequence

    from registry_lint.facts.tables import Tables

Environment = dict[str, tuple[BindingId, ...]]
Guards = dict[str, tuple[int, ...]]


class Reaching:
    """The state at one place of a file. The reader, which derives from it, takes it from place to place."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.environment: Environment = {}
        self.guards: Guards = {}
        self.scope: ScopeId = 0

    # --- in a straight line ---

    def rebind(self, name: str, *bindings: BindingId) -> None:
        """From here on, the name has these bindings; what was known of it is forgotten."""
        if name in self.tables.scopes[self.scope].global_names:
            self.environment.pop(name, None)  # read through the module, where every store counts
        else:
            self.environment[name] = bindings
        if self.guards:
            self.forget_path(name)

    def forget(self, target: ast.expr) -> None:
        """Drop the guards on what a target names, and on all below it."""
        path = path_of(target) if self.guards else None
        if path is not None:
            self.forget_path(path)

    def forget_path(self, path: str) -> None:
        """Drop the guards on a path and all below it."""
        self.tables.copied(len(self.guards))
        below = (path + ".", path + "[")
        stale = [known for known in self.guards if known == path or known.startswith(below)]
        for known in stale:
            del self.guards[known]

    # --- where control parts and meets ---

    def fork(self) -> tuple[Environment, Guards]:
        """The state now, kept aside; the reader goes on with a copy."""
        kept = (self.environment, self.guards)
        self.environment, self.guards = self.copied(*kept)
        return kept

    def copied(self, environment: Environment, guards: Guards) -> tuple[Environment, Guards]:
        """A copy of a state, counted."""
        self.tables.copied(len(environment) + len(guards))
        return dict(environment), dict(guards)

    def join(self, states: Sequence[tuple[Environment, Guards]]) -> None:
        """Go on with what any of the arms may have left: every binding, and the guards that all of them share."""
        if not states:
            return
        shared = dict(states[0][1])
        for _, guards in states[1:]:
            shared = {path: known for path, known in shared.items() if guards.get(path) == known}
        environment = self._narrowed(states, 0, shared)
        for index in range(1, len(states)):
            environment = self.either(environment, self._narrowed(states, index, shared))
        self.environment, self.guards = environment, shared

    def _narrowed(self, states: Sequence[tuple[Environment, Guards]], index: int, shared: Guards) -> Environment:
        """One arm's environment; a name that the arms bind differently keeps there what this arm knows of it.

        `if isclass(x): x = x()` leaves the new `x`, or the old one of which it is known that it is no class.
        """
        environment, guards = states[index]
        if len(states) == 1:
            return environment
        narrowed = environment
        for path, known in guards.items():
            bindings = environment.get(path)
            if bindings is None or path in shared:
                continue
            if all(other.get(path) == bindings for other, _ in states):
                continue
            if narrowed is environment:
                narrowed = dict(environment)
            place = self.tables.positions_of(bindings[0]) if bindings else (0, 0, 0, 0)
            binding = NarrowedBinding(path, self.scope, place, bindings, known)
            narrowed[path] = (self.tables.bind(binding),)
        return narrowed

    def either(self, first: Environment, second: Environment) -> Environment:
        """Every binding that either arm leaves; a name that only one arm binds keeps that one."""
        self.tables.copied(len(first) + len(second))
        joined = dict(first)
        for name, bindings in second.items():
            known = joined.get(name)
            if known is None:
                joined[name] = bindings
            elif known != bindings:
                both = tuple(dict.fromkeys((*known, *bindings)))
                joined[name] = self.tables.gathered(name, self.scope, both)
        return joined

    def made_since(self, start: BindingId) -> Environment:
        """Every binding of this scope that was entered from `start` on."""
        made: dict[str, list[BindingId]] = {}
        for index in range(start, len(self.tables.bindings)):
            binding = self.tables.bindings[index]
            if binding.scope == self.scope and not isinstance(binding, MergedBinding):
                made.setdefault(binding.name, []).append(index)
        scope = self.scope
        return {name: self.tables.gathered(name, scope, tuple(indexes)) for name, indexes in made.items()}

    # --- at the head of a loop ---

    def merge_at_head(self, names: Iterable[str], place: Position) -> dict[str, BindingId]:
        """Bind what a loop's body stores to merged bindings, which begin with what reaches the head; by name."""
        heads = {}
        environment = self.environment
        for name in sorted(names):
            reaching = environment.get(name)
            if reaching is not None:
                heads[name] = self.tables.bind(MergedBinding(name, self.scope, place, reaching))
                environment[name] = (heads[name],)
                self.forget_path(name)
        return heads

    def close_heads(self, heads: dict[str, BindingId]) -> None:
        """Add to each merged binding what the end of the body leaves."""
        for name, head in heads.items():
            merged = self.tables.bindings[head]
            assert isinstance(merged, MergedBinding)
            left = [b for b in self.environment.get(name, ()) if b != head]
            self.tables.bindings[head] = MergedBinding(
                name, merged.scope, merged.position, tuple(dict.fromkeys((*merged.options, *left)))
            )
