"""What `issubclass` lets through is a class, wherever it was found."""

class Tool:
    name = "t"
    def run(self): ...
