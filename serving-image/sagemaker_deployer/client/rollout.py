"""One rollout, by its execution or by its upload: whether it has ended, and how."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Protocol, cast

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sagemaker_deployer.client.contract import Outcome
    from sagemaker_deployer.client.ledger import Ledger

#: The outcomes after which what was asked for is so. Not `superseded`, though its execution ends SUCCEEDED.
DONE = ("deployed", "unchanged", "retired", "cancelled")


def is_done(outcome: Outcome | None) -> bool:
    """Whether what was asked for is so: the model serves, or the endpoint is gone as was asked."""
    return outcome is not None and outcome["outcome"] in DONE


class Source(Protocol):
    """Where the outcome of a rollout is read."""

    #: What people know the rollout by: the ARN of its execution, or the key of its upload.
    name: str

    def outcome(self) -> Outcome | None:
        """None while there is none."""
        ...

    def state(self) -> str | None:
        """The state of the machine that was entered last; None where it is not known."""
        ...


class Rollout:
    """A rollout that was started, or that an upload starts."""

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def name(self) -> str:
        """The ARN of its execution, or the key of its upload."""
        return self._source.name

    def __repr__(self) -> str:
        return f"Rollout({self.name!r})"

    def outcome(self) -> Outcome | None:
        """How it ended; None while it has not."""
        return self._source.outcome()

    def wait(
        self,
        timeout_seconds: float | None = None,
        poll_seconds: float = 5,
        on_state: Callable[[str], None] | None = None,
    ) -> Outcome:
        """Wait for its end and return the outcome, whatever it is: see `is_done`.

        A rollout whose execution was stopped is finished by another one, minutes later: it is waited for too.

        timeout_seconds: None waits for ever; rollouts end by themselves, within a day at most.
        on_state: called with the name of each state of the machine that is seen; of an upload none is known.
        Raises TimeoutError where it has not ended by then; the rollout goes on.
        """
        until = None if timeout_seconds is None else time.monotonic() + timeout_seconds
        seen = None
        while (outcome := self._source.outcome()) is None:
            state = self._source.state() if on_state is not None else None
            if on_state is not None and state is not None and state != seen:
                on_state(state)
                seen = state
            if until is not None and time.monotonic() + poll_seconds > until:
                raise TimeoutError(f"{self.name} has not ended within {timeout_seconds} s. It goes on.")
            time.sleep(poll_seconds)
        return outcome


class ExecutionSource:
    """By an execution of the state machine."""

    def __init__(self, step_functions: Any, ledger: Ledger, execution_arn: str) -> None:
        self.name = execution_arn
        self._step_functions = step_functions
        self._ledger = ledger

    def outcome(self) -> Outcome | None:
        """A success's output is the outcome; a failure has error and cause, and its outcome is in the ledger."""
        described = self._step_functions.describe_execution(executionArn=self.name)
        if described["status"] == "RUNNING":
            return None
        if described["status"] == "SUCCEEDED":
            return cast("Outcome", json.loads(described["output"]))
        return self._ledger.outcome(self.name.rpartition(":")[2])

    def state(self) -> str | None:
        """The newest first: of a long history one page."""
        history = self._step_functions.get_execution_history(
            executionArn=self.name, reverseOrder=True, maxResults=20, includeExecutionData=False
        )
        entered = (event.get("stateEnteredEventDetails") for event in history["events"])
        return next((details["name"] for details in entered if details is not None), None)


class UploadSource:
    """By what was uploaded, for whoever may not look at executions."""

    def __init__(self, s3: Any, bucket: str, key: str, version_id: str | None = None) -> None:
        self.name = key
        self._s3 = s3
        self._bucket = bucket
        self._version_id = version_id

    def outcome(self) -> Outcome | None:
        """None too where there is only one of another version of the same key."""
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=f"rollouts/by-upload/{self.name}/outcome.json")
        except ClientError as error:
            # A missing object is AccessDenied for whoever may not list the bucket:
            # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
            if error.response["Error"]["Code"] in ("NoSuchKey", "AccessDenied"):
                return None
            raise
        outcome = cast("Outcome", json.load(found["Body"]))
        upload = outcome["upload"]
        is_other = self._version_id is not None and upload is not None and upload["versionId"] != self._version_id
        return None if is_other else outcome

    def state(self) -> str | None:
        """Its execution is not looked for."""
        return None
