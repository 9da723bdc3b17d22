"""What a model raises where rows hold something that it does not take: the caller's mistake, not the server's."""


class RefusedValues(ValueError):
    """The model answers other rows; ``find_refusal`` says what is wrong with these."""


class NotAnswered(RefusedValues):
    """It is not known whether it was the row: the model may answer none at all."""
