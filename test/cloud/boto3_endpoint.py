"""Unchanged boto3 against the local cloud: takes the model that serves as "iris" through a life of its own.

Its second configuration has two variants and captures what is asked of them, to the bucket that is named. Everything else comes from the environment (AWS_ENDPOINT_URL and the keys). Prints one JSON object.
"""

import json
import struct
import sys
import time

import boto3
from botocore.exceptions import ClientError

sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")
s3 = boto3.client("s3")
bucket = sys.argv[1]


def settled(name):
    while True:
        endpoint = sagemaker.describe_endpoint(EndpointName=name)
        if endpoint["EndpointStatus"] not in ("Creating", "Updating"):
            return endpoint
        time.sleep(0.2)


def error_of(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def words_of(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return error.response["Error"]["Message"]
    return None


def npy(row):
    """One row of float64 as numpy saves it, which is not installed here."""
    head = f"{{'descr': '<f8', 'fortran_order': False, 'shape': (1, {len(row)}), }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + struct.pack(f"<{len(row)}d", *row)


def kind(**request):
    answer = runtime.invoke_endpoint(EndpointName="boto", **request)
    return json.load(answer["Body"])["predictions"][0]["predicted_class"]


live = sagemaker.describe_endpoint(EndpointName="iris")
config = sagemaker.describe_endpoint_config(EndpointConfigName=live["EndpointConfigName"])
model = config["ProductionVariants"][0]["ModelName"]


def variant(name, weight):
    of = {"VariantName": name, "ModelName": model, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    return {**of, "InitialVariantWeight": weight}


def answering(**request):
    row = json.dumps({"instances": [[5.1, 3.5, 1.4, 0.2]]})
    asked = {"EndpointName": "boto", "ContentType": "application/json", "Body": row, **request}
    return runtime.invoke_endpoint(**asked)["InvokedProductionVariant"]


def change(*wanted):
    return {"EndpointName": "boto", "DesiredWeightsAndCapacities": list(wanted)}


def captured(prefix):
    """The keys and lines of all files, once there is one."""
    while not (found := s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents")):
        time.sleep(0.2)
    bodies = [s3.get_object(Bucket=bucket, Key=each["Key"])["Body"].read().decode() for each in found]
    return [each["Key"] for each in found], [json.loads(line) for body in bodies for line in body.splitlines()]


capture = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": f"s3://{bucket}/capture/of-boto3",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"JsonContentTypes": ["application/json"]},
}
sagemaker.create_endpoint_config(EndpointConfigName="boto-one", ProductionVariants=[variant("primary", 1)])
sagemaker.create_endpoint_config(
    EndpointConfigName="boto-two",
    ProductionVariants=[variant("current", 1), variant("challenger", 0)],
    DataCaptureConfig=capture,
)
sagemaker.create_endpoint(EndpointName="boto", EndpointConfigName="boto-one")
creating = sagemaker.describe_endpoint(EndpointName="boto")["EndpointStatus"]
created = settled("boto")["EndpointStatus"]
row = [5.1, 3.5, 1.4, 0.2]
predicted = kind(ContentType="application/json", Body=json.dumps({"instances": [row]}))
predicted_by_npy = kind(ContentType="application/x-npy", Body=npy(row))
bad = {"EndpointName": "boto", "ContentType": "application/json", "Body": '{"instances": [[1, 2, 3]]}'}
sagemaker.update_endpoint(EndpointName="boto", EndpointConfigName="boto-two")
updated = settled("boto")["EndpointConfigName"]
update_weights = sagemaker.update_endpoint_weights_and_capacities
variants = {
    "byWeight": answering(),
    "byName": answering(TargetVariant="challenger", InferenceId="golden-1"),
    "unknownTarget": words_of(runtime.invoke_endpoint, EndpointName="boto", Body="{}", TargetVariant="none"),
    "twice": words_of(update_weights, **change({"VariantName": "current"}, {"VariantName": "current"})),
    "unknown": words_of(update_weights, **change({"VariantName": "none", "DesiredWeight": 1})),
}
moved = change({"VariantName": "current", "DesiredWeight": 0}, {"VariantName": "challenger", "DesiredWeight": 1, "DesiredInstanceCount": 2})
update_weights(**moved)
variants["meanwhile"] = words_of(update_weights, **moved)
after = settled("boto")["ProductionVariants"]
variants["after"] = [[each["VariantName"], each["CurrentWeight"], each["CurrentInstanceCount"]] for each in after]
variants["moved"] = answering()
keys, lines = captured("capture/of-boto3/boto/challenger/")
variants["captured"] = [lines[0]["eventMetadata"]["inferenceId"], json.loads(lines[0]["captureData"]["endpointInput"]["data"])]
result = {
    "variants": variants,
    "creating": creating,
    "created": created,
    "predicted": predicted,
    "predictedByNpy": predicted_by_npy,
    "modelError": error_of(runtime.invoke_endpoint, **bad),
    "updatedTo": updated,
    "exists": error_of(sagemaker.create_endpoint, EndpointName="boto", EndpointConfigName="boto-one"),
    "notFound": error_of(sagemaker.describe_endpoint, EndpointName="none"),
    "badName": error_of(sagemaker.describe_endpoint, EndpointName="-"),
}
sagemaker.delete_endpoint(EndpointName="boto")
while error_of(sagemaker.describe_endpoint, EndpointName="boto") is None:
    time.sleep(0.2)
for name in ("boto-one", "boto-two"):
    sagemaker.delete_endpoint_config(EndpointConfigName=name)
print(json.dumps(result))
