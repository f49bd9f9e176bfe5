"""Methods called register or add that belong to no registry of this project, or take classes by design."""

import atexit
import codecs
from abc import ABC
from collections.abc import Sequence
from functools import singledispatch

import pluggy
from django.contrib import admin
from flask import Flask

from models import Book, BookAdmin, Shelf


class Readable(ABC): ...


@singledispatch
def describe(thing):
    return "thing"


@describe.register
def _(thing: int):
    return "number"


describe.register(Book, lambda book: "book")
Readable.register(Book)
Sequence.register(Shelf)
admin.site.register(Book, BookAdmin)
manager = pluggy.PluginManager("shop")
manager.register(Book)
app = Flask(__name__)
app.register_error_handler(ValueError, describe)
atexit.register(Shelf)
codecs.register(lambda name: None)
seen = set()
seen.add(Book)
names: dict[str, type] = {}
names["book"] = Book
names[type(Book()).__name__] = Book
