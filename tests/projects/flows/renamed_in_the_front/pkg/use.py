"""A package's front gives a registry another name, and others import that."""

from pkg import Registry
from pkg.core import ScopedRegistry

a = Registry()  # expect: REG101 certain
b = ScopedRegistry()  # expect: REG101 certain
