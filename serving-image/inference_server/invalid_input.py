"""The caller's mistake, in the words that the caller gets back."""


class InvalidInput(Exception):
    """A request that cannot be answered; ``status`` is the HTTP status, the message is its text."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
