"""Started as `python app.py` in this folder: what is imported begins here."""

from core.tools import get_tool_registry
from loading import load

if __name__ == "__main__":
    load(get_tool_registry())
