"""What holds an object: a local name, a module's name wherever it is imported, an attribute of `self`, a parameter.

Two places with one holder speak of one object, as far as one run of a function is concerned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.facts import records as facts
from registry_lint.project.domain import FunctionRef, ModuleValue
from registry_lint.project.signatures import argument_for

if TYPE_CHECKING:
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration


class Holder(NamedTuple):
    """Where a registry is held. `kind`: local, module, self, parameter, class; the rest says which."""

    kind: str
    path: str
    id: int  # binding, parameter index or class; 0 where the name says it
    name: str  # of the module's name or of the attribute chain
    function: int = facts.NONE  # the function of a parameter


class Holders:
    """Tells holders apart."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def of_registration(self, registration: Registration) -> Holder | None:
        """What holds the registry of a registration; None where that cannot be told."""
        file = self._project.facts_of(registration.path)
        record = file.expressions[registration.call]
        func = file.expressions[record.func] if isinstance(record, facts.Call) else record
        return self.of(registration.path, func.base) if isinstance(func, facts.Attribute) else None

    def seen_by_caller(
        self, path: str, call: facts.ExprId, callee: FunctionRef, holder: Holder, skipped: int
    ) -> Holder | None:
        """What a callee's holder is for the one who calls: parameters become arguments, `self` becomes the object."""
        project = self._project
        record = project.call_at(path, call)
        inside = project.function_of(path, call)
        if holder.kind == "parameter":
            if FunctionRef(holder.path, holder.function) != callee:
                return holder if inside == FunctionRef(holder.path, holder.function) else None
            argument = argument_for(record, project.function(callee).parameters, holder.id, skipped)
            return self.of(path, argument) if argument != facts.NONE else None
        if holder.kind == "local":
            return holder if inside is not None and inside == project.enclosing(callee) else None
        if holder.kind != "self":
            return holder
        func = project.facts_of(path).expressions[record.func]
        if not isinstance(func, facts.Attribute):
            return holder if inside is not None and inside == project.enclosing(callee) else None
        owner = self.of(path, func.base)
        return owner._replace(name=f"{owner.name}{holder.name}") if owner is not None else None

    def of(self, path: str, expr: facts.ExprId, depth: int = 0) -> Holder | None:
        """What an expression names as the holder of something; None where that cannot be told."""
        file = self._project.facts_of(path)
        match file.expressions[expr]:
            case facts.Name(id=name, bindings=bindings) if depth < 6:
                return self._named(path, file, expr, name, bindings, depth)
            case facts.Attribute(base=base, name=name):
                module = next(
                    (v for v in self._project.production_flow.types(path, base) if isinstance(v, ModuleValue)), None
                )
                if module is not None:
                    return self._module_name(module.path, name)
                below = self.of(path, base, depth + 1)
                if below is None or below.kind not in ("self", "class"):
                    return None
                return below._replace(name=f"{below.name}.{name}")
        return None

    def _named(
        self,
        path: str,
        file: facts.FileFacts,
        expr: facts.ExprId,
        name: str,
        bindings: tuple[int, ...] | None,
        depth: int,
    ) -> Holder | None:
        if bindings is None:
            bindings = file.bindings_around(expr, name)
            if not bindings:
                return self._module_name(path, name)
        if len(bindings) != 1:
            return None
        match file.bindings[bindings[0]]:
            case facts.ParameterBinding(function=function, index=0) if file.functions[function].class_ != facts.NONE:
                return Holder("self", "", 0, "")
            case facts.ParameterBinding(function=function, index=index):
                return Holder("parameter", path, index, "", function)
            case facts.ValueBinding(expr=value, path=(), scope=scope) if value != facts.NONE:
                aliased = file.expressions[value]
                if isinstance(aliased, facts.Name | facts.Attribute):
                    return self.of(path, value, depth + 1)
                return self._module_name(path, name) if scope == 0 else Holder("local", path, bindings[0], name)
            case facts.ImportBinding() | facts.ClassBinding():
                return self._module_name(path, name)
        return None

    def _module_name(self, path: str, name: str) -> Holder | None:
        """A module's name, at home: the module that binds it to something other than an import."""
        seen = set()
        while (path, name) not in seen:
            seen.add((path, name))
            file = self._project.files.facts(path)
            bindings = [file.bindings[index] for index in file.scopes[0].names.get(name, ())] if file else []
            if len(bindings) != 1:
                return None
            match bindings[0]:
                case facts.ImportBinding(module=module, member=member) if member:
                    home = self._project.names.path_of(self._project.names.absolute(path, module), path)
                    if home is None:
                        return None
                    path, name = home, member
                case facts.ValueBinding() | facts.ClassBinding():
                    return Holder("module", path, 0, name)
                case _:
                    return None
        return None
