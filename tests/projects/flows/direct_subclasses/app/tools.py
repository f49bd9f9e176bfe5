"""A base knows the classes that derive from it."""

class Tool:
    name = "t"

    def run(self): ...


class Search(Tool): ...
