"""Starts a rollout from a Python service and waits for its end.

Usage: python start_rollout.py request.json
Needs boto3, and credentials with the managed policy <stack>-Operator.
"""

import json
import os
import sys
import time

import boto3

request = open(sys.argv[1], encoding="utf-8").read()
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
    print(json.dumps(json.loads(described["output"]), indent=2))
else:
    sys.exit(f"{described['status']}: {described.get('error')}: {described.get('cause')}")
