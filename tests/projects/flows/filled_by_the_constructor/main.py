from lamps import Lantern
from registry import LampRegistry


def main():
    return LampRegistry([Lantern])  # expect: REG202 certain


def good():
    return LampRegistry([Lantern()])
