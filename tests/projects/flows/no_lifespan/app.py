from contextlib import contextmanager

from base import Cock


@contextmanager
def config():
    yield {"vanes": [Cock]}


def gen():
    yield {"vanes": [Cock]}


with config() as c:
    print(c)
