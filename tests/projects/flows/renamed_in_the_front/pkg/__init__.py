from pkg.core import BaseRegistry as Registry, make_registry
