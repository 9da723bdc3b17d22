"""A model that this server cannot explain."""

from inference_server.invalid_input import InvalidInput


class NotExplained(InvalidInput):
    """The caller asked for what this model cannot give: an answer with 400, and the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"This model cannot be explained: {reason}")
