"""Records what clients of the Open Inference Protocol make of a DataFrame, for test_client_requests.py.

In an environment with ``pip install mlserver==1.7.1 "tritonclient[http]==2.73.0" "pandas==2.3.3"``:
``python record_client_requests.py``. The rows are ours; the libraries write the requests.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from mlserver.codecs import NumpyRequestCodec, PandasCodec, StringRequestCodec
from tritonclient.http import InferenceServerClient, InferInput

TARGET = Path(__file__).parent / "client-requests.json"
NAMES = ["amount", "city", "age", "channel", "is_new", "customer", "level"]
WHOLE = [[1.5, "oslo", 30, "web", True, "x", "low"], [99.25, "s\u00e3o paulo", 71, "phone, old", False, "y", "high"]]
HOLES = [[None, "rome", 40, "shop", True, "x", "low"], [7.0, "lima", None, "web", True, "y", "mid"]]
GAPS = [[1.5, None, 30, "web", True, "x", "low"], [7.0, "lima", 40, None, False, None, "mid"]]
TRITON_TYPES = {"amount": "FP64", "age": "FP64", "is_new": "BOOL"}


def frame(rows: list[list]) -> pd.DataFrame:
    """Numbers with NaN, texts as objects."""
    table = pd.DataFrame(rows, columns=NAMES)
    return table.astype(dict.fromkeys(("amount", "age"), float))


def of_mlserver(request) -> tuple[dict[str, str], bytes]:
    """As MLServer's own client sends it: JSON."""
    return {}, request.model_dump_json().encode()


def of_triton(rows: list[list], binary: bool) -> tuple[dict[str, str], bytes]:
    """A tensor for each column; binary is the default."""
    table, inputs = frame(rows), []
    for name in NAMES:
        datatype = TRITON_TYPES.get(name, "BYTES")
        cells = table[[name]].to_numpy(dtype={"FP64": float, "BOOL": bool}.get(datatype, object))
        tensor = InferInput(name, cells.shape, datatype)
        tensor.set_data_from_numpy(cells, binary_data=binary)
        inputs.append(tensor)
    return framed(inputs)


def table_of_triton(rows: list[list]) -> tuple[dict[str, str], bytes]:
    """One tensor of objects."""
    cells = frame(rows).astype(object).to_numpy()
    tensor = InferInput("rows", cells.shape, "BYTES")
    tensor.set_data_from_numpy(cells)
    return framed([tensor])


def framed(inputs: list[InferInput]) -> tuple[dict[str, str], bytes]:
    body, length = InferenceServerClient.generate_request_body(inputs)
    return {} if length is None else {"Inference-Header-Content-Length": str(length)}, bytes(body)


def main() -> None:
    as_objects = frame(WHOLE).astype({"is_new": object})
    requests = {
        "PandasCodec": (WHOLE, of_mlserver(PandasCodec.encode_request(frame(WHOLE), use_bytes=False))),
        "PandasCodec, missing numbers": (HOLES, of_mlserver(PandasCodec.encode_request(frame(HOLES), use_bytes=False))),
        "PandasCodec, a column of objects": (WHOLE, of_mlserver(PandasCodec.encode_request(as_objects))),
        "NumpyRequestCodec of a frame": (GAPS, of_mlserver(NumpyRequestCodec.encode_request(frame(GAPS).to_numpy()))),
        "StringRequestCodec": ([["oslo"], ["lima"]], of_mlserver(StringRequestCodec.encode_request(["oslo", "lima"]))),
        "tritonclient": (WHOLE, of_triton(WHOLE, binary=True)),
        "tritonclient, missing numbers": (HOLES, of_triton(HOLES, binary=True)),
        "tritonclient, missing texts": (GAPS, of_triton(GAPS, binary=True)),
        "tritonclient, JSON": (WHOLE, of_triton(WHOLE, binary=False)),
        "tritonclient, one table": (GAPS, table_of_triton(GAPS)),
    }
    lines = ",\n".join(
        json.dumps({"name": name, "rows": rows, "headers": headers, "body": body.decode("latin-1")})
        for name, (rows, (headers, body)) in requests.items()
    )
    versions = {name: version(name) for name in ("mlserver", "tritonclient", "pandas")}
    TARGET.write_text(f'{{"versions": {json.dumps(versions)}, "requests": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
