import sys

from app import registry

sys.modules[__name__] = registry
