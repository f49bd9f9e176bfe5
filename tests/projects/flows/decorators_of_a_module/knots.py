class Knot:
    name = "knot"

    def execute(self): ...
