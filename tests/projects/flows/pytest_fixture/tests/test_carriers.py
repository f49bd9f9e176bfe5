from shop.carriers import CarrierRegistry, enlist


def test_enlist(carrier):
    enlist(CarrierRegistry(), carrier)
