def load(registry) -> None:
    """Another one than vision/store/."""
