"""Everything that is wrong with what was given to the packing tool, reported at once."""


class Problems(Exception):
    """Raised with one sentence per problem, in ``found``."""

    def __init__(self, found: list[str]) -> None:
        super().__init__(" ".join(found))
        self.found = found
