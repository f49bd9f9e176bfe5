__all__ = ["Animal", "Lion", "Zebra"]


class Animal:
    name = "animal"

    def run(self): ...


class Lion(Animal):
    name = "lion"


class Zebra(Animal):
    name = "zebra"
