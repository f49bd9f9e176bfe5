"""Mends, made on the concrete tree so that no comment and no space is lost."""
