"""Whatever is callable and makes a provider may be registered, a class too."""

from collections.abc import Callable


class Provider:
    name = ""

    def execute(self): ...


class Stripe(Provider):
    name = "stripe"


def make_paypal() -> Provider:
    return Provider()


class ProviderRegistry:
    def __init__(self) -> None:
        self._makers: dict[str, Callable[..., Provider]] = {}

    def register(self, name: str, maker: Callable[..., Provider]) -> None:
        self._makers[name] = maker

    def create(self, name: str) -> Provider:
        return self._makers[name]()


providers = ProviderRegistry()
providers.register("stripe", Stripe)
providers.register("paypal", make_paypal)
providers.register("test", lambda: Stripe())
