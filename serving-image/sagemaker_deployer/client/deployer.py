"""The deployer from Python: what the typed client of TypeScript does, on boto3."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3

from sagemaker_deployer.client.ledger import Ledger
from sagemaker_deployer.client.refusal import Refusal
from sagemaker_deployer.client.rollout import ExecutionSource, Rollout, UploadSource
from sagemaker_deployer.client.stack import Stack, read_stack

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping
    from typing import Literal

    from sagemaker_deployer.client.contract import Release, RolloutRequest

DEFAULT_STACK_NAME = "SageMakerDeployer"

#: What one call may hold: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html. boto3's uploads in parts
#: do not tell which version they made.
LARGEST_PUT_BYTES = 5_000_000_000
GZIP = b"\x1f\x8b"


def connect(stack_name: str = DEFAULT_STACK_NAME, session: boto3.Session | None = None) -> Deployer:
    """Find a deployed stack, with the credentials and region that boto3 finds, or those of the session.

    Raises Refusal where there is no such stack.
    """
    session = session or boto3.Session()
    return Deployer(read_stack(session.client("cloudformation"), stack_name), session)


class Deployer:
    """A deployed stack. Needs the managed policy <stack>-Operator; `upload` and its outcome <stack>-Uploader."""

    def __init__(self, stack: Stack, session: boto3.Session | None = None) -> None:
        session = session or boto3.Session()
        self.stack = stack
        self._s3 = session.client("s3")
        self._step_functions = session.client("stepfunctions")
        self._ledger = Ledger(session.client("dynamodb"), stack.ledger_table_name)

    def upload(
        self,
        path: str | os.PathLike[str],
        endpoint_name: str,
        version: str,
        variant_name: str | None = None,
    ) -> Rollout:
        """Upload a `model.tar.gz`; its rollout starts by itself.

        variant_name: where the endpoint has several production variants.
        Raises Refusal for a file that is no archive, or names that are no folders.
        """
        folders = [endpoint_name, *([] if variant_name is None else [variant_name]), version]
        for folder in folders:
            if not folder or "/" in folder:
                raise Refusal(f'"{folder}" is no folder of models/<endpoint>/<version>/model.tar.gz.')
        key = "/".join(["models", *folders, "model.tar.gz"])
        return Rollout(UploadSource(self._s3, self.stack.bucket_name, key, self._put(Path(path), key)))

    def _put(self, path: Path, key: str) -> str | None:
        bucket = self.stack.bucket_name
        try:
            with path.open("rb") as archive:
                if archive.read(len(GZIP)) != GZIP:
                    hint = "Pack it: sagemaker-deployer-pack, or tar -czf model.tar.gz -C <folder> ."
                    raise Refusal(f"{path} is not a tar.gz: it does not begin with the two bytes of gzip. {hint}")
                archive.seek(0)
                if path.stat().st_size <= LARGEST_PUT_BYTES:
                    return self._s3.put_object(Bucket=bucket, Key=key, Body=archive).get("VersionId")
        except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
            raise Refusal(f"{path} cannot be read: {error.strerror}.") from error
        self._s3.upload_file(str(path), bucket, key)
        return self._s3.head_object(Bucket=bucket, Key=key).get("VersionId")

    def start(self, request: RolloutRequest, name: str | None = None) -> Rollout:
        """Start a rollout that is not an upload's: other settings, or a model that was uploaded before.

        name: the rollout's id. A second call with it and the same request starts nothing more while it runs.
        Raises Refusal where the name was used before.
        """
        return self._start(request, name)

    def roll_back(
        self,
        endpoint_name: str,
        to: str | None = None,
        verification: Literal["candidate", "live"] | None = None,
        name: str | None = None,
    ) -> Rollout:
        """Put an earlier release back: the newest with another model than serves now, or that of the rollout `to`."""
        request = {"action": "rollback", "endpointName": endpoint_name, "to": to, "verification": verification}
        return self._start({key: value for key, value in request.items() if value is not None}, name)

    def retire_endpoint(self, endpoint_name: str, name: str | None = None) -> Rollout:
        """Delete the endpoint with all that belongs to it: scaling, configurations, models, artifacts, not uploads."""
        return self._start({"action": "retireEndpoint", "endpointName": endpoint_name}, name)

    def cancel(self, endpoint_name: str, rollout_id: str, name: str | None = None) -> Rollout:
        """End a rollout that is not live yet. Ends `cancelled` once that is so, `rejected` where it is too late."""
        request = {"action": "cancel", "endpointName": endpoint_name, "rolloutId": rollout_id}
        return self._start(request, name)

    def rollout(self, reference: str) -> Rollout:
        """Find a rollout by its execution's ARN or name, or by its upload's key or s3:// address."""
        upload = re.fullmatch(r"(?:s3://(?P<bucket>[^/]+)/)?(?P<key>models/.+)", reference)
        if upload is not None:
            return Rollout(UploadSource(self._s3, upload["bucket"] or self.stack.bucket_name, upload["key"]))
        if re.fullmatch(r"arn:[^:]+:states:[^:]*:[^:]*:execution:[^:]+:[^:]+", reference):
            return self._of_execution(reference)
        # https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
        if re.fullmatch(r"[A-Za-z0-9_-]{1,80}", reference):
            return self._of_execution(self.stack.execution_arn_prefix + reference)
        raise Refusal(
            f"\"{reference}\" names no rollout. Give an execution's ARN or name, or an upload's key: "
            "models/<endpoint>/<version>/model.tar.gz."
        )

    def releases(self, endpoint_name: str, limit: int = 20) -> list[Release]:
        """What was released to an endpoint, the newest first."""
        return self._ledger.releases(endpoint_name, limit)

    def _start(self, request: Mapping[str, Any], name: str | None) -> Rollout:
        named = {} if name is None else {"name": name}
        try:
            started = self._step_functions.start_execution(
                stateMachineArn=self.stack.state_machine_arn, input=json.dumps(request), **named
            )
        except self._step_functions.exceptions.ExecutionAlreadyExists as error:
            raise Refusal(f"A rollout of the name {name} was started before. Choose another name.") from error
        return self._of_execution(started["executionArn"])

    def _of_execution(self, execution_arn: str) -> Rollout:
        return Rollout(ExecutionSource(self._step_functions, self._ledger, execution_arn))
