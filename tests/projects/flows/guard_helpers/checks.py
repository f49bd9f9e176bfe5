import inspect

from nodes import Node


def is_node(value) -> bool:
    return isinstance(value, Node)


def require_node(value) -> None:
    if not isinstance(value, Node):
        raise TypeError("not a node")


def is_kind(value) -> bool:
    return inspect.isclass(value)
