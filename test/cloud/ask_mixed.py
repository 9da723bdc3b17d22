"""Asks an endpoint with unchanged boto3, in every way in which a request can carry rows of texts and gaps.

`ask_mixed.py ENDPOINT FOLDER` reads FOLDER/asked.json, leaves each body in a file there for others to send, and prints for each way
its content type, that file, and the answers.
"""

import csv
import io
import json
import sys
from pathlib import Path

import boto3

endpoint, folder = sys.argv[1], Path(sys.argv[2])
asked = json.loads((folder / "asked.json").read_text())
names, rows = asked["names"], asked["rows"]
records = [dict(zip(names, row)) for row in rows]


def lines(values):
    return "\n".join(json.dumps(value) for value in values)


def table(header):
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerows([names] if header else [])
    writer.writerows([["" if cell is None else cell for cell in row] for row in rows])
    return file.getvalue()


JSON, LINES, CSV = "application/json", "application/jsonlines", "text/csv"
BODIES = {
    "rows": (JSON, json.dumps({"instances": rows})),
    "rows by name": (JSON, json.dumps({"instances": records})),
    "rows by name in another order": (JSON, json.dumps({"instances": [dict(reversed(one.items())) for one in records]})),
    "features": (JSON, json.dumps({"instances": [{"features": row} for row in rows]})),
    "a bare list": (JSON, json.dumps(rows)),
    "split": (JSON, json.dumps({"dataframe_split": {"columns": names, "data": rows}})),
    "records": (JSON, json.dumps({"dataframe_records": records})),
    "inputs": (JSON, json.dumps({"inputs": rows})),
    "inputs by column": (JSON, json.dumps({"inputs": {name: [row[i] for row in rows] for i, name in enumerate(names)}})),
    "lines": (LINES, lines(rows)),
    "lines by name": (LINES, lines(records)),
    "lines of features": (LINES, lines({"features": row} for row in rows)),
    "csv": (CSV, table(header=False)),
    "csv that says it has no header": ("text/csv; header=absent", table(header=False)),
    "csv with a header": (CSV, table(header=True)),
    "csv that says it has a header": ("text/csv; header=present", table(header=True)),
}

runtime = boto3.client("sagemaker-runtime")
found = {}
for index, (way, (content_type, body)) in enumerate(BODIES.items()):
    path = folder / f"body-{index}"
    path.write_bytes(body.encode())
    answer = runtime.invoke_endpoint(EndpointName=endpoint, ContentType=content_type, Body=body.encode())
    predictions = json.load(answer["Body"])["predictions"]
    found[way] = {
        "contentType": content_type,
        "file": str(path),
        "answers": [prediction["predicted_class"] for prediction in predictions],
    }
described = runtime.invoke_endpoint(EndpointName=endpoint, Body=b"", CustomAttributes="describe=true")
print(json.dumps({"found": found, "described": json.load(described["Body"])}))
