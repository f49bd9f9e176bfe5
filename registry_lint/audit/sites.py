"""Who builds registries and who registers what: the two lists that an audit is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from registry_lint.audit.lookup import confidence
from registry_lint.audit.reach import Target
from registry_lint.audit.records import Construction, Held, Kind, Registration, Registry, Standing
from registry_lint.facts import records as facts
from registry_lint.project.domain import ClassRef, ClassValue, FunctionRef, FunctionValue, InstanceValue, TextValue
from registry_lint.project.flow.keys import BindingAt
from registry_lint.project.runs_in import ModuleBody

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry_lint.audit.lookup import Lookup
    from registry_lint.project.constructions import Construction as Site
    from registry_lint.project.domain import Value
    from registry_lint.project.model import Project
    from registry_lint.project.registrations import Registration as Stored
    from registry_lint.project.runs_in import Node

_MOST_NAMED = 6  # of what arrives at one registration; a person does not read more


class Sites(NamedTuple):
    """The project's own records, sorted, before they are written down."""

    registries: tuple[ClassRef, ...]
    constructions: tuple[Site, ...]
    registrations: tuple[Stored, ...]


def sites(project: Project) -> Sites:
    """Every registry class of production code that is used as one, where it is built, and what is put into it.

    A class that is a registry only by its methods counts where somebody builds it or registers something: else every
    class with an `add_handler` would be listed. A method that hands on to another registering one is looked through.
    """
    stored = sorted(
        {
            one
            for one in (
                *project.registrations.all,
                *project.registrations.stores,
                *project.registrations.decorations,
            )
            if not _is_inner(project, one)
        }
    )
    given = {one.registry for one in stored}
    registries = tuple(
        ref
        for ref, registry in project.registries.all.items()
        if not project.settings.is_test(ref.path) and (registry.named or ref in given)
    )
    wanted = set(registries)
    return Sites(
        registries,
        tuple(site for ref in registries for site in project.constructions.of(ref)),
        tuple(one for one in stored if one.registry in wanted and not project.settings.is_test(one.path)),
    )


def _is_inner(project: Project, one: Stored) -> bool:
    """In a registering method of the class itself, or the decorator that one returns: its callers are the
    registrations."""
    function = project.function_of(one.path, one.call)
    while function is not None:
        owner = project.classes.owner(function)
        if owner is not None:
            methods = project.registries.all[one.registry].methods
            return project.classes.derives(one.registry, owner) and project.function(function).name in methods
        function = project.enclosing(function)
    return False


def targets(project: Project, found: Sites) -> dict[Target, tuple[Node, ...]]:
    """What builds or registers, each with the nodes that lead to it: itself, and the readers of a global."""
    wanted: dict[Target, tuple[Node, ...]] = {}
    for site in found.constructions:
        target = target_of(project, site.path, site.expr)
        if target not in wanted:
            readers = project.calls.readers(site.path, target.global_name) if target.global_name else ()
            wanted[target] = (target.node, *readers)
    for one in found.registrations:
        target = target_of(project, one.path, one.call)
        wanted.setdefault(target, (target.node,))
    return dict(sorted(wanted.items(), key=lambda item: (item[0].node.path, repr(item[0]))))


def target_of(project: Project, path: str, expr: facts.ExprId) -> Target:
    """What runs an expression; the global, where the expression is what a module keeps under a name."""
    node = project.calls.node_of(path, expr)
    if isinstance(node, ModuleBody):
        for binding in project.facts_of(path).bindings:
            if isinstance(binding, facts.ValueBinding) and binding.scope == 0 and binding.expr == expr:
                return Target(node, binding.name)
    return Target(node)


# --- records -------------------------------------------------------------------------------------------------


def constructions(lookup: Lookup, found: Sites, functions: dict[Target, int]) -> tuple[Construction, ...]:
    """The places that build a registry; `functions` are the indexes of what runs them."""
    project = lookup.project
    registries = {ref: index for index, ref in enumerate(found.registries)}
    return tuple(
        Construction(
            registry=registries[site.of],
            function=functions[target_of(project, site.path, site.expr)],
            place=lookup.at(site.path, site.expr),
            code=lookup.code(site.path, site.expr),
            how=site.how,
            standing=_standing(project, site),
            confidence=confidence(site.level),
            label=project.constructions.literal_name(site),
        )
        for site in found.constructions
    )


def _standing(project: Project, site: Site) -> Standing:
    factories = project.constructions.factories(site.of)
    contract = project.registries.contract_of(site.of)
    if not factories and not (contract and contract.replacement):
        return "no-factory"
    if not project.constructions.is_allowed(site, factories):
        return "past" if project.registries.all[site.of].named else "allowed"
    return "factory" if project.function_of(site.path, site.expr) in factories else "allowed"


def registrations(lookup: Lookup, found: Sites, functions: dict[Target, int]) -> tuple[Registration, ...]:
    """The places that register something; `functions` are the indexes of what runs them."""
    project = lookup.project
    registries = {ref: index for index, ref in enumerate(found.registries)}
    records = []
    for one in found.registrations:
        values = _arriving(project, one)
        held, kind = _judged(project, values)
        records.append(
            Registration(
                registry=registries[one.registry],
                function=functions[target_of(project, one.path, one.call)],
                place=lookup.at(one.path, one.call),
                code=lookup.code(one.path, one.call),
                method=project.function(one.storing.function).name,
                key=lookup.code(one.path, one.key) if one.key != facts.NONE else "",
                what=_called(project, values),
                held=held,
                kind=kind,
                confidence=confidence(one.level),
            )
        )
    return tuple(records)


def _arriving(project: Project, one: Stored) -> tuple[Value, ...]:
    """What reaches the value of a registration, declared things where nothing else does."""
    flow = project.production_flow
    if one.decorated != facts.NONE:
        node = flow.solve(flow.graph.node(BindingAt(one.path, one.decorated, typed=False)))
    elif one.value != facts.NONE:
        node = flow.solve(flow.value_node(one.path, one.value))
    else:
        return tuple(_below(project, one))
    values = sorted(node.values, key=repr)
    known = [value for value in values if isinstance(value, ClassValue | InstanceValue | FunctionValue | TextValue)]
    told = [value for value in known if not getattr(value, "declared", False)]
    if told or one.value == facts.NONE:
        return tuple(told)
    typed = flow.types(one.path, one.value)
    return tuple(sorted((value for value in typed if isinstance(value, ClassValue | InstanceValue)), key=repr))


def _below(project: Project, one: Stored) -> Iterator[Value]:
    """The class or function below a decorator that is called: `@registry.register("name")`."""
    file = project.facts_of(one.path)
    for index, class_ in enumerate(file.classes):
        if one.call in class_.decorators:
            yield ClassValue(ClassRef(one.path, index))
    for index, function in enumerate(file.functions):
        if one.call in function.decorators:
            yield FunctionValue(FunctionRef(one.path, index))


def _judged(project: Project, values: tuple[Value, ...]) -> tuple[Held, Kind]:
    """The worst of what arrives: a class before an instance, a schema before a tool."""
    held: Held = "unknown"
    kinds: set[Kind] = set()
    for value in values:
        if isinstance(value, ClassValue | InstanceValue):
            is_tool, is_schema = project.kinds.is_tool(value.of), project.kinds.is_schema(value.of)
            kinds.add("schema" if is_schema else "tool" if is_tool else "other")
    for form, name in (
        (ClassValue, "class"),
        (InstanceValue, "instance"),
        (FunctionValue, "function"),
        (TextValue, "text"),
    ):
        if any(isinstance(value, form) for value in values):
            held = name  # type: ignore[assignment]  # the names of the table are those of Held
            break
    kind: Kind = next((kind for kind in ("schema", "tool", "other") if kind in kinds), "")
    return held, kind


def _called(project: Project, values: tuple[Value, ...]) -> str:
    names = dict.fromkeys(_names(project, values))
    shown = list(names)[:_MOST_NAMED]
    return ", ".join(shown) + (f" and {len(names) - len(shown)} more" if len(names) > len(shown) else "")


def _names(project: Project, values: tuple[Value, ...]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ClassValue | InstanceValue):
            yield project.classes.name(value.of).rpartition(".")[2]
        elif isinstance(value, FunctionValue):
            yield project.called(value.of)
        elif isinstance(value, TextValue):
            yield "a text"


def registries(
    lookup: Lookup, found: Sites, built: tuple[Construction, ...], stored: tuple[Registration, ...]
) -> tuple[Registry, ...]:
    """The registry classes, with what was counted of each."""
    project = lookup.project
    records = []
    for index, ref in enumerate(found.registries):
        registry = project.registries.all[ref]
        symbol = lookup.class_(ref)
        mine = [site for site in built if site.registry == index]
        records.append(
            Registry(
                name=symbol.name,
                dotted=symbol.dotted,
                place=symbol.place,
                family=project.dotted(project.families.root(ref)),
                by_name=registry.named,
                configured=registry.contract is not None,
                methods=tuple(sorted(registry.methods)),
                factories=tuple(sorted(lookup.function(factory) for factory in project.constructions.factories(ref))),
                scope=_scope(project, ref),
                constructions=len(mine),
                past_factory=sum(site.standing == "past" for site in mine),
                registrations=sum(one.registry == index for one in stored),
            )
        )
    return tuple(records)


def _scope(project: Project, ref: ClassRef) -> str:
    """The constructor's parameter that ties a registry to a user, request or connection."""
    contract = project.registries.contract_of(ref)
    if contract is not None and contract.scope:
        return contract.scope
    for constructor in project.classes.find_method(ref, "__init__")[:1]:
        for parameter in project.function(constructor).parameters:
            if parameter.name in project.contracts.contexts.names:
                return parameter.name
    return ""
