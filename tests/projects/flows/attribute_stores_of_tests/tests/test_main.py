from unittest.mock import MagicMock

from app.main import start
from app.plugins import PluginRegistry, Spell


def doubles():
    a, b, c, d, e = (MagicMock() for _ in range(5))
    a.chosen_plugins = []
    b.chosen_plugins = None
    c.chosen_plugins = [MagicMock()]
    d.chosen_plugins = "none"
    e.chosen_plugins = [Spell()]
    return a, b, c, d, e


def test_start():
    for host in doubles():
        host.chosen_plugins = [Spell()]
        start(host, PluginRegistry())


def test_register_a_class():
    PluginRegistry().register("spelling", Spell)
