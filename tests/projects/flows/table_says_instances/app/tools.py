"""No parameter is annotated: the table says what it holds."""

class Tool:
    name = "tool"

    def run(self): ...


class Search(Tool):
    name = "search"
