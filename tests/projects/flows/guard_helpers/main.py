"""The guard stands in a function of its own."""

from checks import is_kind, is_node, require_node
from nodes import Leaf, NodeRegistry

registry = NodeRegistry()

for node in [Leaf, Leaf()]:
    if is_node(node):
        registry.register(node.name, node)

for node in [Leaf, Leaf()]:
    if not is_node(node):
        continue
    registry.register(node.name, node)

for node in [Leaf, Leaf()]:
    require_node(node)
    registry.register(node.name, node)

for node in [Leaf, Leaf()]:
    if is_kind(node):
        registry.register(node.name, node)  # expect: REG202 certain
    else:
        registry.register(node.name, node)
