"""What stops a call before or beside its rollout."""


class Refusal(Exception):
    """Says in one sentence what was wrong and what to do. What a rollout finds wrong is in its outcome instead."""
