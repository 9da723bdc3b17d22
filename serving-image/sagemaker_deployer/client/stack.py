"""The deployer's stack as CloudFormation tells of it: where to upload and what to start."""

from __future__ import annotations

from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from sagemaker_deployer.client.refusal import Refusal


class Stack(NamedTuple):
    """Where the parts of a deployed stack are."""

    name: str
    bucket_name: str
    state_machine_arn: str
    ledger_table_name: str

    @property
    def execution_arn_prefix(self) -> str:
        """What stands before the name of an execution."""
        return self.state_machine_arn.replace(":stateMachine:", ":execution:") + ":"


def read_stack(cloudformation: Any, name: str) -> Stack:
    """Read the outputs of a stack. Raises Refusal where there is none of this name, or it is not a deployer's."""
    try:
        (described,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        # CloudFormation's answer for a stack that is not there is a ValidationError that says so.
        if "does not exist" not in str(error):
            raise
        region = cloudformation.meta.region_name
        raise Refusal(f"There is no stack {name} in {region}. Name yours: connect(stack_name=...).") from error
    outputs = {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}
    try:
        return Stack(name, outputs["BucketName"], outputs["StateMachineArn"], outputs["LedgerTableName"])
    except KeyError as error:
        raise Refusal(f"The stack {name} is not a deployer's: it lacks the output {error.args[0]}.") from error
