class Crane:
    name = "crane"

    def execute(self): ...
