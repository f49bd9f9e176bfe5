"""Gives back what a session held."""

from chat.dispatch import Dispatcher
from chat.registry import get_shared_registry


def release_session_registries(dispatcher: Dispatcher) -> None:
    """Empty the session's registry and forget the process-wide tools."""
    dispatcher.registry.clear()
    get_shared_registry("tool").clear()
