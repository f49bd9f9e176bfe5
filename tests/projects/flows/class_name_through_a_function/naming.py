def key_of(value):
    """What something is called: by its name, else by its class."""
    if getattr(value, "name", None):
        return value.name
    return type(value).__name__.lower()  # expect: REG301 certain
