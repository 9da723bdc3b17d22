"""A model that the server's own evaluation does not cover: scikit-learn serves it instead."""


class NotCovered(Exception):
    """The message says what is not covered; it ends up in the log."""
