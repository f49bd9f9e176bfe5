"""A dict of a module that is filled by a loop and by update."""


class Knot:
    name = "knot"

    def execute(self): ...


class Hitch(Knot): ...


class Splice(Knot): ...


TOOLS: dict[str, Knot] = {"a": Hitch(), "b": Splice}
TOOL_REGISTRY: dict[str, Knot] = {}
for t in (Hitch, Splice):
    TOOL_REGISTRY[t.name] = t  # expect: REG202 certain
TOOL_REGISTRY.update({"x": Hitch})  # expect: REG202 certain
TOOL_REGISTRY.setdefault("y", Hitch)  # expect: REG202 certain
TOOL_REGISTRY.setdefault("z", Hitch())
ALL: list[Knot] = [Hitch()]
ALL.append(Splice)
