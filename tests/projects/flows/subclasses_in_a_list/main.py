from reg import SeedRegistry
from seeds import Seed


def fill(registry: SeedRegistry):
    for seed in Seed.known:
        registry.register(seed)  # expect: REG202 certain


def good(registry: SeedRegistry):
    for seed in Seed.known:
        registry.register(seed())
