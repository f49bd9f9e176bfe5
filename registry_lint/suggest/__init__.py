"""Suggestions and fixes: the only room that knows the concrete syntax tree (libcst). Imported lazily."""
