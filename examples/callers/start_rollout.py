"""Starts a rollout from a Python service and waits for its end. Exit status: 0 done, 3 superseded, 1 anything else.

Usage: python start_rollout.py request.json
Needs boto3, and credentials with the managed policy <stack>-Operator.
"""

import json
import os
import sys
import time
from pathlib import Path

import boto3

request = Path(sys.argv[1]).read_text("utf-8")
stack = os.environ.get("STACK", "SageMakerDeployer")

described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
outputs = {output["OutputKey"]: output["OutputValue"] for output in described["Outputs"]}

step_functions = boto3.client("stepfunctions")
started = step_functions.start_execution(stateMachineArn=outputs["StateMachineArn"], input=request)
execution = started["executionArn"]
print(execution, file=sys.stderr)

while (described := step_functions.describe_execution(executionArn=execution))["status"] == "RUNNING":
    time.sleep(5)

# A success's output is the outcome. A failure has error and cause; its whole outcome is a document in the bucket.
if described["status"] == "SUCCEEDED":
    outcome = json.loads(described["output"])
    print(json.dumps(outcome, indent=2))
    # A newer rollout took its place: the model of this one does not serve. The one to wait for is the successor.
    if outcome["outcome"] == "superseded":
        print(f"superseded by {outcome['successor']}", file=sys.stderr)
        sys.exit(3)
else:
    sys.exit(f"{described['status']}: {described.get('error')}: {described.get('cause')}")
