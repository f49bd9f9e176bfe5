from .core.registry import CraneRegistry, create_crane_registry
from .core.tools import Crane

registry = create_crane_registry()
registry.register("crane", Crane())
registry.register("kind", Crane)  # expect: REG202 certain
spare = CraneRegistry()  # expect: REG101 certain
