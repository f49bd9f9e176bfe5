import pytest

from shop.carriers import Bike


@pytest.fixture
def carrier():
    return Bike
