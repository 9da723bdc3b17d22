"""Unchanged boto3 against the local cloud: takes the model that serves as "iris" through a life of its own.

Everything comes from the environment (AWS_ENDPOINT_URL and the keys). Prints one JSON object.
"""

import json
import struct
import time

import boto3
from botocore.exceptions import ClientError

sagemaker = boto3.client("sagemaker")
runtime = boto3.client("sagemaker-runtime")


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
for name, count in (("boto-one", 1), ("boto-two", 2)):
    variant = {"VariantName": "primary", "ModelName": model, "InstanceType": "ml.m5.large", "InitialInstanceCount": count}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
sagemaker.create_endpoint(EndpointName="boto", EndpointConfigName="boto-one")
creating = sagemaker.describe_endpoint(EndpointName="boto")["EndpointStatus"]
created = settled("boto")["EndpointStatus"]
row = [5.1, 3.5, 1.4, 0.2]
predicted = kind(ContentType="application/json", Body=json.dumps({"instances": [row]}))
predicted_by_npy = kind(ContentType="application/x-npy", Body=npy(row))
bad = {"EndpointName": "boto", "ContentType": "application/json", "Body": '{"instances": [[1, 2, 3]]}'}
sagemaker.update_endpoint(EndpointName="boto", EndpointConfigName="boto-two")
result = {
    "creating": creating,
    "created": created,
    "predicted": predicted,
    "predictedByNpy": predicted_by_npy,
    "modelError": error_of(runtime.invoke_endpoint, **bad),
    "updatedTo": settled("boto")["EndpointConfigName"],
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
