#!/bin/sh
# sagemaker-core 2.27.0 (the base of version 3 of the SageMaker Python SDK): CSVSerializer writes a row of texts as a row for each
# text, and PandasDeserializer reads the labels "007" and "1e5" of a JSON answer as the numbers 7 and 100000.
#
# Expected: a list is one row, whatever it holds: [1, 2] is "1,2", so ["oslo", "red"] is "oslo,red", and a tuple of rows is rows
#   (the docstring of CSVSerializer.serialize). A text in JSON is a text: the classes that an endpoint answers are those that
#   the model was trained with.
# Seen: the serializer asks whether the first cell can be iterated, and a text can: two texts are two rows, and a text followed by
#   a number is an error, while a number followed by a text is one row. The same row as a list in a list, or as a tuple, is
#   right; a tuple of tuples is one row of Python's own notation. pandas.read_json makes a number of each text that looks like one.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.10 or later and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check sagemaker-core==2.27.0 pandas==2.3.3 || exit 2

cat > "$folder/write.py" <<'PYTHON'
import io
import sys

import numpy as np
from sagemaker.core.deserializers import JSONDeserializer, PandasDeserializer
from sagemaker.core.serializers import CSVSerializer

status = 0


def check(what, expected, found):
    global status
    print(f"{what}: {found!r}")
    if found != expected:
        print(f"    NEW: it was {expected!r}")
        status = 1


def written(row):
    try:
        return CSVSerializer().serialize(row)
    except ValueError as error:
        return f"ValueError: {error}"


def read(reader, body):
    return reader.deserialize(io.BytesIO(body), "application/json")


check("two numbers", "1,2", written([1, 2]))
check("two texts", "oslo\nred", written(["oslo", "red"]))
check("an array of two texts", "oslo\nred", written(np.array(["oslo", "red"])))
check("a tuple of two texts", "oslo,red", written(("oslo", "red")))
check("a row of two texts in a list", "oslo,red", written([["oslo", "red"]]))
check("a number and a text", "1.5,oslo", written([1.5, "oslo"]))
check("a text and a number", "ValueError: Unable to handle input format: <class 'float'>", written(["oslo", 1.5]))
check("a tuple of two rows", '"(1, 2)","(3, 4)"', written(((1, 2), (3, 4))))
answer = b'[{"label": "007"}, {"label": "1e5"}]'
check("labels by JSONDeserializer", ["007", "1e5"], [row["label"] for row in read(JSONDeserializer(), answer)])
check("labels by PandasDeserializer", [7.0, 100000.0], read(PandasDeserializer(), answer)["label"].tolist())
sys.exit(status)
PYTHON
HOME=$folder "$folder/env/bin/python" "$folder/write.py"
