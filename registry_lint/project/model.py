"""The project: its code, and all that a rule may ask of it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from registry_lint.project.code import Code

if TYPE_CHECKING:
    from registry_lint.facts.records import ExprId
    from registry_lint.findings import Span
    from registry_lint.project.absences import Absences
    from registry_lint.project.accessors import Accessors
    from registry_lint.project.aliases import Aliases
    from registry_lint.project.arrivals import Arrivals
    from registry_lint.project.bare_registries import BareRegistries
    from registry_lint.project.branches import Branches
    from registry_lint.project.callgraph import CallGraph
    from registry_lint.project.checks import Checks
    from registry_lint.project.constructions import Constructions
    from registry_lint.project.contexts import Contexts
    from registry_lint.project.contract_classes import ContractClasses
    from registry_lint.project.domain import ClassRef, FunctionRef
    from registry_lint.project.duplicates import Duplicates
    from registry_lint.project.entrypoints import EntryPoints
    from registry_lint.project.families import Families
    from registry_lint.project.forbidden import Forbidden
    from registry_lint.project.handlers import Handlers
    from registry_lint.project.homes import Homes
    from registry_lint.project.identity_keys import IdentityKeys
    from registry_lint.project.legacy import LegacyFallbacks
    from registry_lint.project.lifetimes import Lifetimes
    from registry_lint.project.local_tables import LocalTables
    from registry_lint.project.members import ClassMembers
    from registry_lint.project.mocks import Mocks
    from registry_lint.project.module_tables import ModuleTables
    from registry_lint.project.named_keys import NamedKeys
    from registry_lint.project.programs import Programs
    from registry_lint.project.reachability import Reachability
    from registry_lint.project.registered_keys import RegisteredKeys
    from registry_lint.project.registrations import Registrations
    from registry_lint.project.registries import Registries
    from registry_lint.project.releases import Releases
    from registry_lint.project.singletons import Singletons
    from registry_lint.project.spellings import Spellings
    from registry_lint.project.superseded import Superseded
    from registry_lint.project.toolness import Toolness
    from registry_lint.project.trackers import Trackers
    from registry_lint.project.vacuous import VacuousTests
    from registry_lint.project.wants import Wants


class Project(Code):
    """One project under analysis. Each question has a module of its own, which is loaded when it is first asked: after
    a small change few of them are."""

    @cached_property
    def registries(self) -> Registries:
        """Registry classes and their registering methods."""
        from registry_lint.project.registries import Registries

        return Registries(self)

    @cached_property
    def spellings(self) -> Spellings:
        """Under which names classes and functions are known, and where classes are called through values."""
        from registry_lint.project.spellings import Spellings

        return Spellings(self)

    @cached_property
    def constructions(self) -> Constructions:
        """Who builds registries, and who may."""
        from registry_lint.project.constructions import Constructions

        return Constructions(self)

    @cached_property
    def registrations(self) -> Registrations:
        """What is put into registries."""
        from registry_lint.project.registrations import Registrations

        return Registrations(self)

    @cached_property
    def arrivals(self) -> Arrivals:
        """What reaches registrations, by which way."""
        from registry_lint.project.arrivals import Arrivals

        return Arrivals(self)

    @cached_property
    def named_keys(self) -> NamedKeys:
        """Keys in registries that are the name of an object's class."""
        from registry_lint.project.named_keys import NamedKeys

        return NamedKeys(self)

    @cached_property
    def local_tables(self) -> LocalTables:
        """Dicts of functions and objects that are keyed by the name of an object's class."""
        from registry_lint.project.local_tables import LocalTables

        return LocalTables(self)

    @cached_property
    def bare_registries(self) -> BareRegistries:
        """Registries that are dicts and have no method that fills them."""
        from registry_lint.project.bare_registries import BareRegistries

        return BareRegistries(self)

    @cached_property
    def module_tables(self) -> ModuleTables:
        """What reaches dicts of modules that are registries."""
        from registry_lint.project.module_tables import ModuleTables

        return ModuleTables(self)

    @cached_property
    def wants(self) -> Wants:
        """What registries want to be given."""
        from registry_lint.project.wants import Wants

        return Wants(self)

    @cached_property
    def members(self) -> ClassMembers:
        """What the objects of a class have."""
        from registry_lint.project.members import ClassMembers

        return ClassMembers(self)

    @cached_property
    def absences(self) -> Absences:
        """What registries are asked for and do not have."""
        from registry_lint.project.absences import Absences

        return Absences(self)

    @cached_property
    def handlers(self) -> Handlers:
        """Which handlers take the errors of registrations."""
        from registry_lint.project.handlers import Handlers

        return Handlers(self)

    @cached_property
    def identity_keys(self) -> IdentityKeys:
        """Keys that name nothing."""
        from registry_lint.project.identity_keys import IdentityKeys

        return IdentityKeys(self)

    @cached_property
    def toolness(self) -> Toolness:
        """What is registered as a tool, and whether it is one."""
        from registry_lint.project.toolness import Toolness

        return Toolness(self)

    @cached_property
    def releases(self) -> Releases:
        """What releases registries and connections."""
        from registry_lint.project.releases import Releases

        return Releases(self)

    @cached_property
    def duplicates(self) -> Duplicates:
        """Keys that are registered twice."""
        from registry_lint.project.duplicates import Duplicates

        return Duplicates(self)

    @cached_property
    def registered_keys(self) -> RegisteredKeys:
        """Under which literal keys code registers."""
        from registry_lint.project.registered_keys import RegisteredKeys

        return RegisteredKeys(self)

    @cached_property
    def lifetimes(self) -> Lifetimes:
        """What is kept for one user or connection, and for how long."""
        from registry_lint.project.lifetimes import Lifetimes

        return Lifetimes(self)

    @cached_property
    def trackers(self) -> Trackers:
        """Classes behind an accessor."""
        from registry_lint.project.trackers import Trackers

        return Trackers(self)

    @cached_property
    def calls(self) -> CallGraph:
        """Who calls whom in production code."""
        from registry_lint.project.callgraph import CallGraph

        return CallGraph(self)

    @cached_property
    def accessors(self) -> Accessors:
        """Functions that hand out objects with a role."""
        from registry_lint.project.accessors import Accessors

        return Accessors(self)

    @cached_property
    def aliases(self) -> Aliases:
        """Empty subclasses that are meant as aliases."""
        from registry_lint.project.aliases import Aliases

        return Aliases(self)

    @cached_property
    def homes(self) -> Homes:
        """Where classes and accessors of one name are defined."""
        from registry_lint.project.homes import Homes

        return Homes(self)

    @cached_property
    def programs(self) -> Programs:
        """Which files run in one program."""
        from registry_lint.project.programs import Programs

        return Programs(self)

    @cached_property
    def checks(self) -> Checks:
        """Which places stand in scripts that check."""
        from registry_lint.project.checks import Checks

        return Checks(self)

    @cached_property
    def legacy(self) -> LegacyFallbacks:
        """Where code goes back to legacy objects."""
        from registry_lint.project.legacy import LegacyFallbacks

        return LegacyFallbacks(self)

    @cached_property
    def superseded(self) -> Superseded:
        """Uses of names that something newer replaces."""
        from registry_lint.project.superseded import Superseded

        return Superseded(self)

    @cached_property
    def entry_points(self) -> EntryPoints:
        """Where the program begins."""
        from registry_lint.project.entrypoints import EntryPoints

        return EntryPoints(self)

    @cached_property
    def forbidden(self) -> Forbidden:
        """Uses that the users' own contracts forbid."""
        from registry_lint.project.forbidden import Forbidden

        return Forbidden(self)

    @cached_property
    def reachability(self) -> Reachability:
        """Which entry points lead to which constructions."""
        from registry_lint.project.reachability import Reachability

        return Reachability(self)

    @cached_property
    def families(self) -> Families:
        """Which registries are of one kind."""
        from registry_lint.project.families import Families

        return Families(self)

    @cached_property
    def singletons(self) -> Singletons:
        """Objects that are made when they are first asked for."""
        from registry_lint.project.singletons import Singletons

        return Singletons(self)

    @cached_property
    def contexts(self) -> Contexts:
        """Which functions serve one user, request or connection."""
        from registry_lint.project.contexts import Contexts

        return Contexts(self)

    @cached_property
    def branches(self) -> Branches:
        """Which places exclude each other."""
        from registry_lint.project.branches import Branches

        return Branches(self.files)

    @cached_property
    def contract_classes(self) -> ContractClasses:
        """Registries, trackers and canonical classes, as tests meet them."""
        from registry_lint.project.contract_classes import ContractClasses

        return ContractClasses(self)

    @cached_property
    def mocks(self) -> Mocks:
        """Mocks in tests that accept anything."""
        from registry_lint.project.mocks import Mocks

        return Mocks(self)

    @cached_property
    def vacuous_tests(self) -> VacuousTests:
        """Tests that touch a registry and cannot fail."""
        from registry_lint.project.vacuous import VacuousTests

        return VacuousTests(self)

    def written_call(self, function: FunctionRef, path: str, expr: ExprId) -> str | None:
        """How a call of a function is written in the place of an expression: a pattern for `str.format`, with `await`
        where it needs it; None where no call there is worth what the function returns."""
        from registry_lint.project.written_calls import written_call

        return written_call(self, function, path, expr)

    def is_in_import_path(self, span: Span) -> bool:
        """Whether an expression is put together with a `__module__`: the path that a class is imported by."""
        from registry_lint.project.import_paths import is_in_import_path

        return is_in_import_path(self, span)

    def asked_first(self, span: Span) -> list[str]:
        """The attributes whose absence leads to an expression that takes the name of an object's class."""
        from registry_lint.project.fallbacks import asked_first

        return asked_first(self, span)

    def is_storage(self, owner: ClassRef, attribute: str, /) -> bool:
        """Whether an attribute is a registry's table: all registries with one base class would exchange what they
        hold, if values flowed through it."""
        return self.registries.is_table(owner, attribute)

    @property
    def bounds(self) -> tuple[str, ...]:
        """Where a bound cut an analysis short, in words; so far as questions were asked."""
        met: set[str] = set()
        for name in ("production_flow", "whole_flow"):
            flow = self.__dict__.get(name)
            if flow is not None:
                met.update(flow.bounds)
        calls = self.__dict__.get("calls")
        if calls is not None and calls.cut_short:
            met.add("a name that is called in too many places: who calls what is not all seen")
        return tuple(sorted(met))
