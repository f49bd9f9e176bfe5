"""Form 24: dictionaries spread into themselves, mutual recursion, names bound by way of themselves."""

from strings import Even, Odd, StringRegistry


def spread(names):
    table = {}
    for name in names:
        table = {**table, name: Odd()}
    return table


def even(count, found=None):
    found = found or odd(count, found)
    return found if count == 0 else odd(count - 1, found)


def odd(count, found=None):
    found = found or Even()
    return even(count - 1, found)


def boxed():
    box = []
    box.append(box)
    box.append(Even)
    return box


registry = StringRegistry()
for key, value in spread(["a", "b"]).items():
    registry.register(key, value)
registry.register("even", even(4))
for item in boxed():
    registry.register("box", item)  # expect: REG202 certain
