"""Form 22: registering decorators on functions and classes; each registry gets what it asks for."""

from collections.abc import Callable


class Command:
    def run(self): ...


class FunctionRegistry:
    def __init__(self) -> None:
        self._functions: dict[str, Callable[..., object]] = {}

    def register(self, function: Callable[..., object]) -> Callable[..., object]:
        self._functions[function.__name__] = function
        return function

    def named(self, name: str):
        def decorate(function: Callable[..., object]) -> Callable[..., object]:
            self._functions[name] = function
            return function

        return decorate


class CommandClassRegistry:
    def __init__(self) -> None:
        self._classes: dict[str, type[Command]] = {}

    def register(self, name: str | None = None):
        def decorate(command: type[Command]) -> type[Command]:
            self._classes[name or command.__name__] = command
            return command

        return decorate


functions = FunctionRegistry()
commands = CommandClassRegistry()
