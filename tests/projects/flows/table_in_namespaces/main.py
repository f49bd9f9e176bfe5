from shelf import Atlas, BookRegistry

books = BookRegistry()
books.register(Atlas())
books.add(Atlas(), "maps")
books.note(Atlas())
