"""Nothing is annotated: that the registry holds instances is seen in the other registrations."""


class Car:
    name = "car"

    def run(self): ...


class Van(Car):
    name = "van"


class Truck(Car):
    name = "truck"


class CarRegistry:
    def __init__(self):
        self.cars = {}

    def register(self, name, car):
        self.cars[name] = car


cars = CarRegistry()
cars.register("car", Car())
cars.register("van", Van())
cars.register("truck", Truck)  # expect: REG202 certain
