"""The Lambda function of the step TryModel: tries the models that InspectArtifact has accepted.

It rejects only what the server's own code refuses and what answers a golden case wrongly. Whatever else goes wrong
(time, memory, S3, an error of its own) says nothing of the model: then it is untried, with a warning.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path
from typing import Any

from model_trial.ask_child import Untried, ask_child
from model_trial.fetch import S3, fetch_cases, fetch_model
from model_trial.json_text import read_json
from model_trial.verdict import Tried, judge, trial_output

# Of the serving image that this package was made with, by target: scripts that make the package write it.
_TAGS_FILE = Path(__file__).parent.parent / "image-tags.json"
# Of the function's own time: to end with a verdict.
_LEFT_SECONDS = 5
# Of the function's memory: this process, and the libraries of both.
_LEFT_MEGABYTES = 256
_LEAST_MEGABYTES = 256

_client: S3 | None = None


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Take what the step reads, ``artifact`` with its ``trials``, and return what it writes."""
    trials = event["artifact"]["trials"]
    deadline = time.monotonic() + context.get_remaining_time_in_millis() / 1000 - _LEFT_SECONDS
    tried = []
    for number, trial in enumerate(trials):
        # What the first ones leave of the time is for the others.
        share = (deadline - time.monotonic()) / (len(trials) - number)
        tried.append((trial["variantName"], _try_one(trial, share)))
    output = trial_output(tried)
    print(json.dumps({"step": "TryModel", "verdict": output["verdict"], "untried": output["untried"]}), flush=True)
    return output


def _try_one(trial: dict[str, Any], seconds: float) -> Tried:
    try:
        target = image_tags().get(trial["imageTag"])
        if target is None:
            return Tried(skipped=f"The image {trial['imageTag']} was built from another source than the trial.")
        deadline = time.monotonic() + seconds
        with tempfile.TemporaryDirectory(prefix="trial-") as folder:
            directory, cases_file = Path(folder) / "model", Path(folder) / "cases.json"
            fetch_model(_s3(), trial["location"], directory, deadline)
            cases = read_json(fetch_cases(_s3(), trial["goldenCases"], cases_file))["cases"]
            left = deadline - time.monotonic()
            return judge(ask_child(directory, cases_file, trial["accept"], _memory_bytes(), left), cases, target)
    except Untried as error:
        return Tried(untried=str(error))
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        return Tried(untried=f"{type(error).__name__}: {error}"[:500])


def image_tags() -> dict[str, str]:
    """Return the target of each tag that an image of this package's source has."""
    return json.loads(_TAGS_FILE.read_text())


def _memory_bytes() -> int:
    megabytes = int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]) - _LEFT_MEGABYTES
    return max(_LEAST_MEGABYTES, megabytes) << 20


def _s3() -> S3:
    global _client
    if _client is None:
        # Lambda's runtime has it, in a version of AWS's choice: https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html
        from botocore.config import Config
        from botocore.session import get_session

        config = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 4})
        _client = get_session().create_client("s3", config=config)
    return _client
