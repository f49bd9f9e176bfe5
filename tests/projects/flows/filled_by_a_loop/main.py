from lamps import Lantern
from registry import LampRegistry

ALL = (Lantern,)


def main():
    return LampRegistry(lamps=ALL)  # expect: REG202 certain


def good():
    return LampRegistry(lamps=[t() for t in ALL])
