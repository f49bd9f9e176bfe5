"""Nothing is annotated: the registry calls a method of what it holds, which a class cannot answer."""

class Search:
    name = "search"

    def run(self, query):
        return query
