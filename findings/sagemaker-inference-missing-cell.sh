#!/bin/sh
# sagemaker-inference 1.10.1 (AWS's toolkit for serving containers): an empty cell of a CSV request is -1, 0 or NaN, as the
# other rows of the same request have it.
#
# Expected: the toolkit's decoder reads text/csv into an array of numbers (its README, on input functions; SageMaker's
#   developer guide, "Common data formats for inference"). A cell without a number is a missing value, and a row means the
#   same whatever rows it is sent with: batch transform packs as many rows into a request as fit.
# Seen: numpy.genfromtxt with dtype=None guesses a type for each column from the rows of this request. A column of whole numbers
#   gets -1 for what is missing, a column without any number is one of truth values and gets 0, a column with a decimal point
#   gets NaN. So the same row has three meanings, two of them numbers that nobody sent, and no error. Further, one row of three
#   numbers and three rows of one number are the same array.
#
# Exits 0 while it is so, 1 once it is otherwise, 2 where it cannot be tried. Needs Python 3.11 or later and pip's network.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check sagemaker-inference==1.10.1 numpy==2.3.5 scipy==1.16.3 || exit 2

cat > "$folder/read.py" <<'PYTHON'
import sys

import numpy as np
from sagemaker_inference import decoder

status = 0


def check(what, expected, found):
    global status
    print(what, f"    {found}", sep="\n")
    if found != expected:
        print(f"    NEW: it was {expected}")
        status = 1


def first_row(body):
    """The first row as numbers: an array of rows, or (a type for each column) of records."""
    return str([float(cell) for cell in np.atleast_1d(decoder.decode(body, "text/csv")).tolist()[0]])


check("the row 7,,3 beside 4,5,6", "[7.0, -1.0, 3.0]", first_row("7,,3\n4,5,6\n"))
check("the row 7,,3 beside 4.5,5.5,6", "[7.0, nan, 3.0]", first_row("7,,3\n4.5,5.5,6\n"))
check("the row 7,,3 beside itself", "[7.0, 0.0, 3.0]", first_row("7,,3\n7,,3\n"))
check("shape of one row of three", (3,), decoder.decode("1,2,3\n", "text/csv").shape)
check("shape of three rows of one", (3,), decoder.decode("1\n2\n3\n", "text/csv").shape)
sys.exit(status)
PYTHON
"$folder/env/bin/python" "$folder/read.py"
