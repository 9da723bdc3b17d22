#!/bin/sh
# ministack 1.5.33: a Choice state takes another branch than Step Functions for null, for a variable that is not there, for true
# and 1, and for comparisons of two texts or times of the input.
#
# Expected: the Amazon States Language (states-language.net/spec.html, section Choice State): IsPresent asks whether the path leads
#   to anything, null included; every other operator fails the execution (States.Runtime) where it leads to nothing; a test of a
#   type holds for this JSON type alone; each comparison has a Path form.
# Seen: a null counts as not present, and what is not present as null; a misspelt variable takes the default branch without an
#   error; true counts as a number, and 1 equals true; StringLessThanPath and TimestampLessThanPath never match, without an error.
#   A machine that is tested there walks other paths than in production.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.10 or later and pip's network; its
# server listens on 127.0.0.1 only, and is ended with the script.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check ministack==1.5.33 boto3==1.43.106 || exit 2

cat > "$folder/walk.py" <<'PYTHON'
import json
import os
import socket
import subprocess
import sys
import time
import uuid

import boto3
from botocore.config import Config

FUTURE, PAST = "2026-02-01T00:00:00Z", "2026-01-01T00:00:00Z"
ROLE = "arn:aws:iam::000000000000:role/any"
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
address = f"http://127.0.0.1:{port}"
environment = {**os.environ, "GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1"}
quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
server = subprocess.Popen([sys.argv[1]], env=environment, cwd=sys.argv[2], **quiet)
states = boto3.client(
    "stepfunctions",
    endpoint_url=address,
    region_name="eu-west-1",
    aws_access_key_id="test",
    aws_secret_access_key="test",
    config=Config(inject_host_prefix=False, retries={"total_max_attempts": 20}),
)


def branch(rule, data):
    choice = {"Type": "Choice", "Choices": [{"Variable": "$.a", **rule, "Next": "Yes"}], "Default": "No"}
    passes = {name: {"Type": "Pass", "Result": name.lower(), "End": True} for name in ("Yes", "No")}
    definition = json.dumps({"StartAt": "Choose", "States": {"Choose": choice, **passes}})
    machine = states.create_state_machine(name=f"m{uuid.uuid4().hex[:8]}", definition=definition, roleArn=ROLE)
    started = states.start_execution(stateMachineArn=machine["stateMachineArn"], input=json.dumps(data))
    for _ in range(600):
        ended = states.describe_execution(executionArn=started["executionArn"])
        if ended["status"] != "RUNNING":
            return json.loads(ended["output"]) if ended["status"] == "SUCCEEDED" else "error"
        time.sleep(0.1)
    return "still running"


status = 0
try:
    for rule, data, right, expected in (
        ({"IsPresent": True}, {"a": 1}, "yes", "yes"),
        ({"IsPresent": True}, {"a": None}, "yes", "no"),
        ({"IsNull": True}, {}, "error", "yes"),
        ({"StringEquals": "x"}, {}, "error", "no"),
        ({"IsNumeric": True}, {"a": True}, "no", "yes"),
        ({"BooleanEquals": True}, {"a": 1}, "no", "yes"),
        ({"StringEqualsPath": "$.b"}, {"a": "x", "b": "x"}, "yes", "yes"),
        ({"StringLessThanPath": "$.b"}, {"a": "x", "b": "y"}, "yes", "no"),
        ({"TimestampLessThanPath": "$.b"}, {"a": PAST, "b": FUTURE}, "yes", "no"),
    ):
        found = branch(rule, data)
        print(f"{json.dumps(rule)} of {json.dumps(data)}: {found}; Step Functions: {right}")
        if found != expected:
            print(f"    NEW: it was {expected}")
            status = 1
finally:
    server.terminate()
    server.wait()
sys.exit(status)
PYTHON
"$folder/env/bin/python" "$folder/walk.py" "$folder/env/bin/ministack" "$folder"
