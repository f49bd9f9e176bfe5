"""A registry that is a dict and leaves it to it to be filled."""


class Well:
    name = "well"

    def execute(self): ...


class Spring(Well):
    name = "spring"


class WellRegistry(dict[str, Well]):
    def deepest(self) -> Well:
        return max(self.values(), key=len)


registry = WellRegistry()
