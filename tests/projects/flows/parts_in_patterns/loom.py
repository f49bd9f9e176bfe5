"""`match`: what stands under a key of a mapping, and in a field of an object, is what was put there."""

from dataclasses import dataclass


class Thread:
    name = "thread"

    def execute(self): ...


class Wool(Thread):
    name = "wool"


class Silk(Thread):
    name = "silk"


class ThreadRegistry:
    def __init__(self) -> None:
        self._threads: dict[str, Thread] = {}

    def register(self, thread: Thread) -> None:
        self._threads[thread.name] = thread


@dataclass
class Bobbin:
    threads: list
    colour: str = ""


@dataclass
class Spool:
    thread: object


registry = ThreadRegistry()


def parts():
    found = {"names": ["wool"]}
    found["threads"] = [Wool]
    return found


def ordered(message):
    match message:
        case {"thread": thread}:
            registry.register(thread)  # expect: REG202 certain
        case {"threads": [first, *_], **others}:
            registry.register(first)
            registry.register(others["last"])  # expect: REG202 certain


def sorted_out(message):
    match message:
        case {"thread": Thread() as thread}:
            registry.register(thread)
        case {"thread": thread}:
            registry.register(thread())


def unwound(message):
    match message:
        case Bobbin(threads=threads):
            for thread in threads:
                registry.register(thread)  # expect: REG202 certain
        case Spool(thread):
            registry.register(thread)


match parts():
    case {"names": names, "threads": [first, *_]}:
        registry.register(first)  # expect: REG202 certain
        registry.register(names)

ordered({"thread": Wool, "threads": [Silk()], "last": Silk})
sorted_out({"thread": Wool})
unwound(Bobbin([Wool]))
unwound(Spool(Silk()))
