"""A registry is made with more than what it holds: settings and helpers are nothing that it was meant to hold."""

from pydantic import BaseModel


class Config(BaseModel):
    name: str = "x"


class Loader:
    key = "l"


class Lamp:
    name = "lamp"

    def execute(self): ...


class LampRegistry:
    def __init__(self, lamps, configs, loaders, policy) -> None:
        self._lamps = {t.name: t for t in lamps}
        self._configs = {c.name: c for c in configs}
        self._loaders = list(loaders)
        self._policy = policy
        self._by_kind = {}
        for loader in loaders:
            self._by_kind[loader.key] = loader

    def get(self, name):
        for loader in self._loaders:
            loader.key
        return self._lamps[name], self._configs[name], self._policy.get(name), self._by_kind[name]

    def set_policy(self, policy):
        self._policy = policy


LampRegistry([Lamp()], [Config()], [Loader()], {"a": Config})
