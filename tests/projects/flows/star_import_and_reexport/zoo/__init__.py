from .animals import *
from .keepers import AnimalRegistry as Registry

__all__ = ["Lion", "Registry", "Zebra"]
