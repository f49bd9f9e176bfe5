from zoo.animals import Animal


class AnimalRegistry:
    def __init__(self) -> None:
        self._animals: dict[str, Animal] = {}

    def register(self, name: str, animal: Animal) -> None:
        self._animals[name] = animal
