class Provider:
    name = "provider"

    def execute(self): ...


class Stripe(Provider):
    name = "stripe"


class ProviderRegistry:
    def __init__(self) -> None:
        self._providers: dict[str, Provider] = {}

    def register(self, name: str, provider: Provider) -> None:
        self._providers[name] = provider
