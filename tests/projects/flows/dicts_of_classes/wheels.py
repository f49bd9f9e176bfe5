"""Registries that are dicts, and are meant for classes: by their type, by what they do, by what is done with them."""


class Wheel:
    name = "wheel"

    def execute(self): ...


class Cart(Wheel):
    name = "cart"


class WheelRegistry(dict):
    def register(self, cls):
        self[cls.__name__] = cls
        return cls

    def make(self, name):
        return self[name]()


class WheelTypeRegistry(dict[str, type[Wheel]]):
    pass


class LateRegistry(dict):
    pass


class UntoldRegistry(dict):
    pass


WheelRegistry().register(Cart)
WheelRegistry()["cart"] = Cart
WheelTypeRegistry()["cart"] = Cart
late = LateRegistry()
late["cart"] = Cart
late["cart"]()
UntoldRegistry()["cart"] = Cart
