"""One module a format; FORMATS names them."""
