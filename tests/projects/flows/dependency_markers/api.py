"""A marker in a default is not the value: `Depends(f)` stands for what f returns, `Query(…)` for a request's text."""

from fastapi import Depends, FastAPI, Query

from providers import Provider, ProviderRegistry, Stripe

app = FastAPI()
registry = ProviderRegistry()


def make_provider() -> Provider:
    return Stripe()


def choose_provider():
    return Stripe


@app.post("/providers")
def add(provider: Provider = Depends(make_provider), name: str = Query("stripe")):
    registry.register(name, provider)


@app.put("/providers")
def replace(provider: Provider = Depends(choose_provider)):
    registry.register("stripe", provider)  # expect: REG202 certain
