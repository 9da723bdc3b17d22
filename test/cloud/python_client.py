"""The client of Python against the local cloud: a model's life by calls, and what is refused. Prints one JSON object."""

import json
import sys
import uuid

from sagemaker_deployer.client import Refusal, connect, is_done

archive, no_archive, endpoint = sys.argv[1:]
deployer = connect()
OFTEN = {"poll_seconds": 0.3, "timeout_seconds": 240}
UNHURRIED = {"maximumP99Milliseconds": 30_000}


def refused(call, *parameters):
    try:
        call(*parameters)
    except Refusal as refusal:
        return str(refusal)
    return None


uploaded = deployer.upload(archive, endpoint, "v1")
unsettled = uploaded.outcome()
deployed = uploaded.wait(**OFTEN)
states = []
name = str(uuid.uuid4())
settings = {"endpointName": endpoint, "tags": {"by": "python"}, "canaryInvocations": UNHURRIED}
first = deployer.start(settings, name)
changed = first.wait(on_state=states.append, **OFTEN)
again = refused(deployer.start, settings, name)
rejected = deployer.start({"endpointName": endpoint, "hosting": {"type": "realtime", "instanceCount": 9999}}).wait(**OFTEN)
cancelled = deployer.cancel(endpoint, name).wait(**OFTEN)
releases = deployer.releases(endpoint)
by_name, by_key = deployer.rollout(name), deployer.rollout(f"models/{endpoint}/v1/model.tar.gz")
try:
    deployer.rollout(f"models/{endpoint}/none/model.tar.gz").wait(timeout_seconds=0.2, poll_seconds=0.1)
    timed_out = None
except TimeoutError as error:
    timed_out = str(error)
retired = deployer.retire_endpoint(endpoint).wait(**OFTEN)
outcomes = {"deployed": deployed, "changed": changed, "rejected": rejected, "cancelled": cancelled, "retired": retired}
print(
    json.dumps(
        {
            "outcomes": {key: [outcome["outcome"], is_done(outcome)] for key, outcome in outcomes.items()},
            "verified": deployed["verified"],
            "problems": rejected["problems"],
            "unsettled": unsettled,
            "sameExecution": first.name == by_name.name,
            "sawStates": states,
            "byName": by_name.outcome() == changed,
            "byKey": by_key.outcome() == deployed,
            "releases": [[release["rolloutId"], release["variants"][0]["weight"]] for release in releases],
            "startedIds": [changed["rolloutId"], deployed["rolloutId"]],
            "timedOut": timed_out,
            "refused": {
                "stack": refused(connect, "None"),
                "archive": refused(deployer.upload, no_archive, endpoint, "v2"),
                "missing": refused(deployer.upload, f"{no_archive}.none", endpoint, "v2"),
                "folder": refused(deployer.upload, archive, endpoint, "v2/other"),
                "again": again,
                "reference": refused(deployer.rollout, "not a name"),
            },
        }
    )
)
