#!/bin/sh
# botocore 1.44.8: the waiter endpoint_in_service asks on for an hour where an update's rollback failed, and succeeds where an
# update was rolled back.
#
# Expected: a waiter ends at a state that does not change by itself. UpdateRollbackFailed is one: the endpoint serves a mix of the
#   old and the new configuration until somebody acts (SageMaker's API reference, DescribeEndpoint, EndpointStatus). An update
#   that was rolled back is not the success that was waited for.
# Seen: the waiter knows Failed alone as a failure. With UpdateRollbackFailed it asks 120 times, every 30 seconds, and then says
#   "Max attempts exceeded", as of an update that is slow. InService with the old configuration is success: no name is compared.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.10 or later and pip's network; it
# calls nothing: botocore's own stub answers.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check boto3==1.44.8 botocore==1.44.8 || exit 2

cat > "$folder/wait.py" <<'PYTHON'
import datetime
import sys

import boto3
from botocore.exceptions import WaiterError
from botocore.stub import Stubber

ENDPOINT = {
    "EndpointName": "churn",
    "EndpointArn": "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn",
    "EndpointConfigName": "before-the-update",
    "CreationTime": datetime.datetime(2026, 1, 1),
    "LastModifiedTime": datetime.datetime(2026, 1, 2),
}
client = boto3.client("sagemaker", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none")


class Calls:
    """How often the status was asked for."""

    def __init__(self):
        self.count = 0

    def __call__(self, **_):
        self.count += 1


def waited(final):
    calls = Calls()
    with Stubber(client) as stub:
        for status in ["Updating"] + [final] * 200:
            stub.add_response("describe_endpoint", {**ENDPOINT, "EndpointStatus": status})
        client.meta.events.register("before-parameter-build.sagemaker.DescribeEndpoint", calls)
        try:
            waiter = client.get_waiter("endpoint_in_service")
            hours = waiter.config.delay * waiter.config.max_attempts / 3600
            waiter.wait(EndpointName="churn", WaiterConfig={"Delay": 0})
            told = "success"
        except WaiterError as error:
            told = "failure" if "terminal failure" in str(error) else f"too many attempts, {hours:g} h"
        finally:
            client.meta.events.unregister("before-parameter-build.sagemaker.DescribeEndpoint", calls)
    return f"{told}; asked {calls.count} times"


status = 0
for final, expected in (
    ("Failed", "failure; asked 2 times"),
    ("UpdateRollbackFailed", "too many attempts, 1 h; asked 120 times"),
    ("InService", "success; asked 2 times"),
):
    found = waited(final)
    print(f"Updating, then {final} with the configuration from before the update: {found}")
    if found != expected:
        print(f"    NEW: it was {expected}")
        status = 1
sys.exit(status)
PYTHON
"$folder/env/bin/python" "$folder/wait.py"
