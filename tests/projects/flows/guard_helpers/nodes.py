class Node:
    name = "node"

    def run(self): ...


class Leaf(Node):
    name = "leaf"


class NodeRegistry:
    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def register(self, name: str, node: Node) -> None:
        self._nodes[name] = node
