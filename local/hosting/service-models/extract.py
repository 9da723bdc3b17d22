"""Reduces AWS's own service models to the operations that the hosting simulator answers.

Run with a Python that has botocore; prints the extract to stdout:
    .venv/test/bin/python local/hosting/service-models/extract.py > local/hosting/service-models/service-models.schema.json
Source: botocore/data/<service>/<version>/service-2.json.gz, without the documentation texts.
A test runs this again and compares, so the committed extract cannot fall behind or be edited by hand.
"""

import json
import sys

from botocore.loaders import Loader

SERVICES = {
    "sagemaker": [
        *("CreateModel", "DescribeModel", "DeleteModel", "ListModels"),
        *("CreateEndpointConfig", "DescribeEndpointConfig", "DeleteEndpointConfig", "ListEndpointConfigs"),
        *("CreateEndpoint", "DescribeEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities"),
        *("DeleteEndpoint", "ListEndpoints", "AddTags", "DeleteTags", "ListTags"),
    ],
    "sagemaker-runtime": ["InvokeEndpoint", "InvokeEndpointAsync"],
    "application-autoscaling": [
        *("RegisterScalableTarget", "DescribeScalableTargets", "DeregisterScalableTarget"),
        *("PutScalingPolicy", "DescribeScalingPolicies", "DeleteScalingPolicy"),
        *("PutScheduledAction", "DescribeScheduledActions", "DeleteScheduledAction"),
        *("DescribeScalingActivities", "TagResource", "UntagResource", "ListTagsForResource"),
    ],
    "cloudwatch": ["PutMetricAlarm", "DescribeAlarms", "DeleteAlarms", "GetMetricData"],
}
SHAPE_FACTS = ("type", "required", "members", "member", "key", "value", "enum", "pattern", "min", "max", "payload", "union", "error")
REFERENCE_FACTS = ("shape", "location", "locationName")


def reference(ref):
    return {fact: ref[fact] for fact in REFERENCE_FACTS if fact in ref}


def reduced(shape):
    """A shape without documentation; its references reduced to shape and location."""
    out = {fact: shape[fact] for fact in SHAPE_FACTS if fact in shape}
    for fact in ("member", "key", "value"):
        if fact in out:
            out[fact] = reference(out[fact])
    if "members" in out:
        out["members"] = {name: reference(ref) for name, ref in out["members"].items()}
    return out


def references(shape):
    yield from (ref["shape"] for ref in shape.get("members", {}).values())
    yield from (shape[fact]["shape"] for fact in ("member", "key", "value") if fact in shape)


def extract(model, names):
    operations, pending = {}, []
    for name in names:
        operation = model["operations"][name]
        operations[name] = {
            "http": operation["http"],
            **{side: operation[side]["shape"] for side in ("input", "output") if side in operation},
            "errors": sorted(error["shape"] for error in operation.get("errors", [])),
        }
        pending += [operations[name][side] for side in ("input", "output") if side in operations[name]]
        pending += operations[name]["errors"]
    shapes = {}
    while pending:
        name = pending.pop()
        if name not in shapes:
            shapes[name] = reduced(model["shapes"][name])
            pending += references(shapes[name])
    metadata = {fact: model["metadata"].get(fact) for fact in ("apiVersion", "protocol", "targetPrefix", "signingName")}
    return {"metadata": metadata, "operations": operations, "shapes": dict(sorted(shapes.items()))}


if __name__ == "__main__":
    loader = Loader()
    extracts = {name: extract(loader.load_service_model(name, "service-2"), operations) for name, operations in SERVICES.items()}
    json.dump(extracts, sys.stdout, separators=(",", ":"), ensure_ascii=False)
    sys.stdout.write("\n")
