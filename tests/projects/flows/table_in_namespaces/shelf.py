"""A table of tables: what is registered stands under a namespace and a key."""


class Book:
    title = "book"

    def execute(self): ...


class Atlas(Book):
    title = "atlas"


class BookRegistry:
    def __init__(self) -> None:
        self._books: dict[str, dict[str, Book]] = {}
        self._read: dict[str, dict[str, int]] = {}

    def register(self, book, space="default"):
        key = getattr(book, "title", None) or type(book).__name__  # expect: REG301 certain
        self._books.setdefault(space, {})
        self._books[space][key] = book

    def add(self, book, space="default"):
        self._books.setdefault(space, {})[book.__class__.__name__] = book  # expect: REG301 certain

    def note(self, book, space="default"):
        self._read[space][type(book).__name__] = 1

    def get(self, title, space="default"):
        return self._books[space][title]
