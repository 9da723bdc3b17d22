"""Asks an endpoint under an A/B test for a user, who gets the same variant each time.

Usage: python invoke.py ENDPOINT USER < request.json
Needs boto3, and credentials that allow sagemaker:InvokeEndpoint.
"""

import sys

import boto3
from pick_variant import pick_variant

# As the endpoint was asked to divide its traffic; the test's own name deals its users anew.
WEIGHTS = {"primary": 9, "challenger": 1}
EXPERIMENT = "iris-2026-12"

_, endpoint_name, user_id = sys.argv
answer = boto3.client("sagemaker-runtime").invoke_endpoint(
    EndpointName=endpoint_name,
    TargetVariant=pick_variant(user_id, WEIGHTS, EXPERIMENT),
    ContentType="application/json",
    Body=sys.stdin.buffer.read(),
)
print(answer["InvokedProductionVariant"], file=sys.stderr)
print(answer["Body"].read().decode())
