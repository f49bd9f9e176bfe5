from state import Quill, current


def handle():
    pens = current.get()
    pens.register(Quill())
    pens.register(Quill)  # expect: REG202 certain
