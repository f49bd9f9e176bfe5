def each(items, action):
    """Do something with every item."""
    for item in items:
        action(item)
