"""The old place of app.registry."""

import importlib as _importlib
import sys as _sys

_real = _importlib.import_module("app.registry")
_sys.modules[__name__] = _real
