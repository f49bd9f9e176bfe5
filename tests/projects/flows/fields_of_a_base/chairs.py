"""Fields of dataclasses that derive from one another: inherited ones come first, and a base's are given to either."""

from dataclasses import dataclass


class Seat:
    name = "seat"

    def execute(self): ...


class Stool(Seat):
    name = "stool"


class SeatRegistry:
    def __init__(self) -> None:
        self._seats: dict[str, Seat] = {}

    def register(self, seat: Seat) -> None:
        self._seats[seat.name] = seat


@dataclass
class Order:
    kind: object


@dataclass
class Delivery(Order):
    seat: object


registry = SeatRegistry()


def deliver(delivery: Delivery) -> None:
    registry.register(delivery.seat)


def note(order: Order) -> None:
    registry.register(order.kind)  # expect: REG202 certain


deliver(Delivery(Stool, Stool()))
note(Delivery(kind=Stool, seat=Stool()))
