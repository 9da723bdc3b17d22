"""Where MiniStack 1.5.33 differs from AWS in a way that the deployer would notice, and no gateway can mend."""

import os
import sys

from ministack import app
from ministack.core import iam_evaluator
from ministack.services import eventbridge, iam, s3

from callbacks import play_callbacks_as_aws_does


def require(module, name: str):
    """The function of MiniStack to correct; ends the process when a newer one no longer has it."""
    if not hasattr(module, name):
        sys.exit(f"This MiniStack differs from the pinned one: {module.__name__} has no {name}.")
    return getattr(module, name)


def stay_off_port_443() -> None:
    """With TLS on it also takes port 443 where it may: two clouds, or a web server, would be in each other's way."""
    require(app, "_port_is_bindable")
    app._port_is_bindable = lambda host, port: False


def answer_ranges_of_versions() -> None:
    """GetObject with both VersionId and Range answers the whole object.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    get_object = require(s3, "_get_object")
    parse_range = require(s3, "_parse_range")

    def get_object_in_range(bucket_name, key, headers, query_params=None):
        answer = get_object(bucket_name, key, headers, query_params)
        status, answered, body = answer
        wanted = headers.get("range")
        if status != 200 or not wanted or "versionId" not in (query_params or {}):
            return answer
        total = len(body)
        found = parse_range(wanted, total)
        if found is None:
            refusal = {"Content-Type": "application/xml", "Content-Range": f"bytes */{total}"}
            return 416, refusal, s3._xml_body(s3._range_error_xml(bucket_name, key))
        start, end = found
        # Checksums of the whole object would contradict the part.
        kept = {name: value for name, value in answered.items() if not name.lower().startswith("x-amz-checksum-")}
        kept["Content-Length"] = str(end - start + 1)
        kept["Content-Range"] = f"bytes {start}-{end}/{total}"
        return 206, kept, body[start : end + 1]

    s3._get_object = get_object_in_range


def name_roles_as_principals() -> None:
    """aws:PrincipalArn of a role's session is the role's ARN; MiniStack answers the session's.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    resolve = require(iam_evaluator, "_resolve_condition_key")
    role_name_of = require(iam_evaluator, "_role_name_from_assumed_arn")
    roles = require(iam, "_roles")

    def resolve_condition_key(key, context):
        value = resolve(key, context)
        if key.lower() != "aws:principalarn" or ":assumed-role/" not in str(value):
            return value
        role = roles.get(role_name_of(value))
        return role["Arn"] if role else value

    iam_evaluator._resolve_condition_key = resolve_condition_key


def take_events_of_sagemaker() -> None:
    """Whoever knows the secret speaks for SageMaker; nobody else may send events of AWS's services, there and here.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsRequestEntry.html
    """
    put_events = require(eventbridge, "_put_events")
    # Functions inherit the environment.
    secret = os.environ.pop("MINISTACK_SAGEMAKER_SECRET", None)

    def put_events_of_services(data, allow_aws_source=False):
        entries = data.get("Entries", [])
        is_sagemaker = secret and entries and all(entry.get("TraceHeader") == secret for entry in entries)
        return put_events(data, allow_aws_source or bool(is_sagemaker))

    eventbridge._put_events = put_events_of_services


def correct() -> None:
    stay_off_port_443()
    answer_ranges_of_versions()
    name_roles_as_principals()
    take_events_of_sagemaker()
    play_callbacks_as_aws_does(require)
