"""The one error of loading: this model cannot be served, and what its author can do about it."""


class ModelError(Exception):
    """Raised by ``load_model``; the message is for the author of the model and ends up in the log."""


class NeedsFull(ModelError):
    """Only the image's target ``full`` has what this model needs: here, nobody knows whether it can be served."""
