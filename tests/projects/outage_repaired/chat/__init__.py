"""A chat service: users ask, tools answer."""
