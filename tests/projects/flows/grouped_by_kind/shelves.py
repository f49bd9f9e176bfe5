"""`itertools.groupby`: the members of each group are those of the list."""

from itertools import groupby


class Book:
    name = "book"

    def execute(self): ...


class Novel(Book):
    name = "novel"


class BookRegistry:
    def __init__(self) -> None:
        self._books: dict[str, Book] = {}

    def register(self, book: Book) -> None:
        self._books[book.name] = book


def initial(book):
    return book.name[:1]


registry = BookRegistry()
for letter, group in groupby(sorted([Novel], key=initial), key=initial):
    for book in group:
        registry.register(book)  # expect: REG202 certain
for letter, group in groupby([Novel()], key=initial):
    for book in group:
        registry.register(book)
    registry.register(letter)
