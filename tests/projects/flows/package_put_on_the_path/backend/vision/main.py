"""A package in another one puts itself on `sys.path`: its files import one another by bare names."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from lenses import LensRegistry  # noqa: E402
from store.loading import load  # noqa: E402

if __name__ == "__main__":
    load(LensRegistry())
