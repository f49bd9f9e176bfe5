"""Gives back what a session held."""

from chat.dispatch import Dispatcher


def release_session_registries(dispatcher: Dispatcher) -> None:
    """Empty the session's registry."""
    dispatcher.registry.clear()
