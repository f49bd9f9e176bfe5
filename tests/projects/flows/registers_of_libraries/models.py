class Book:
    def run(self): ...


class Shelf:
    def __len__(self):
        return 0


class BookAdmin:
    def run(self): ...
