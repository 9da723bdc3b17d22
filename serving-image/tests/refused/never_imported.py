"""Model files name this module; no reader imports it."""


def function() -> None:
    """Do nothing."""
