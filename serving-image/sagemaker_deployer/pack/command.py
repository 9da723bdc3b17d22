"""Packs a model into the model.tar.gz that the deployer takes."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from sagemaker_deployer.pack.pack_model import PackingOrder, pack_model
from sagemaker_deployer.pack.problems import Problems

_EPILOG = """\
The archive holds the model file, model.json (names, types and ranges of features, versions, sha256, parity) and
golden.json, which the deployer asks after every rollout before it trusts the endpoint. Equal input gives an equal
archive.

formats, by the name of the model file:
  .pkl .pickle .joblib          scikit-learn
  .skops                        scikit-learn
  .ubj .json xgboost-model      XGBoost (JSON or UBJSON)
  .txt                          LightGBM
  .onnx                         one table of numbers in, numbers or labels out

The server's answers are compared with the library's own on rows that sit on the model's thresholds and beside them;
what is found is `parity` in model.json. Install the library beside this tool for that (requirements-engines.txt).

--golden takes JSON: a list of rows, or
  {"positive": [{"name": "setosa", "instances": [[5.1, 3.5, 1.4, 0.2]]}],
   "negative": [{"name": "too-few-features", "body": {"instances": [[1, 2, 3]]}}]}
The answers are recorded from the server's own code; a case with a feature too few is added where no
negative one is given.

exit status: 0 packed, 2 the input cannot be packed (all problems are listed)
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m model_packing",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", type=Path, required=True, help="model file; its name says its format, see below")
    parser.add_argument("--output", type=Path, required=True, help="archive to write, its name ends in .tar.gz")
    parser.add_argument("--class-names", nargs="+", metavar="NAME", help="in the order of classes_ (default: classes_)")
    parser.add_argument("--feature-names", nargs="+", metavar="NAME", help="in the order of the columns")
    parser.add_argument("--golden", type=Path, metavar="ROWS.json", help="rows to ask; without them no golden.json")
    parser.add_argument("--tolerance", type=float, default=1e-6, help="absolute, for golden numbers (default: 1e-6)")
    parser.add_argument(
        "--training",
        type=Path,
        metavar="ROWS",
        help="training rows, .npy, .csv, .json or .jsonl: types, ranges and categories for model.json",
    )
    parser.add_argument("--label", metavar="TEXT", help="a note for model.json")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    options = vars(parser.parse_args(arguments))
    as_json = options.pop("json")
    try:
        packed = pack_model(PackingOrder(**options))
    except Problems as problems:
        if as_json:
            print(json.dumps({"problems": problems.found}))
        print("\n".join(["The model cannot be packed:", *(f"- {p}" for p in problems.found)]), file=sys.stderr)
        return 2
    if as_json:
        print(json.dumps(packed))
        return 0
    print(f"{packed['output']}: {packed['bytes']} bytes, {packed['goldenCases']} golden cases")
    print(f"sha256 {packed['sha256']}")
    if not packed["goldenCases"]:
        print(
            "No golden rows: the deployer can only check that the model answers a row of its own. See --golden.",
            file=sys.stderr,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
