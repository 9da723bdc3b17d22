"""Packs a model into the model.tar.gz that the deployer takes, after comparing the server with the model's library."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from pathlib import Path
from typing import Any

from sagemaker_deployer.pack.data.read_file import ENDINGS
from sagemaker_deployer.pack.pack_model import Packed, pack_model
from sagemaker_deployer.pack.packing_order import PackingOrder
from sagemaker_deployer.pack.problems import Problems
from sagemaker_deployer.pack.progress import Progress

_EPILOG = """\
The archive holds the model file, model.json (names, types and ranges of features, versions, sha256, parity),
golden.json, which the deployer asks after every rollout before it trusts the endpoint, and with --data baseline.json,
the distributions of the columns. Equal input gives an equal archive.

formats, by the name of the model file:
  .pkl .pickle .joblib          scikit-learn, XGBoost, LightGBM, CatBoost
  .skops                        scikit-learn
  .ubj .json xgboost-model      XGBoost (JSON or UBJSON)
  .txt                          LightGBM
  .onnx                         any framework

The server's answers are compared with the library's own on rows that sit on the model's thresholds and beside them;
what is found is `parity` in model.json. Nothing of the model file is run: it is read as the server reads it.

--golden takes JSON: a list of rows, or
  {"positive": [{"name": "setosa", "instances": [[5.1, 3.5, 1.4, 0.2]]}],
   "negative": [{"name": "too-few-features", "body": {"instances": [[1, 2, 3]]}}]}
Without it golden rows are made: drawn from the ranges and categories of --data, else of what the model file says.
--golden-from-data takes rows of the data instead: they are stored in the archive, and shown in reports.

exit status: 0 packed (--check: can be packed), 1 this tool failed, 2 the input cannot be packed (all problems are
listed)
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = vars(_parser().parse_args(arguments))
    as_json, check, debug = (options.pop(name) for name in ("json", "check", "debug"))
    try:
        with Progress(sys.stderr, "Comparing the server with the model's own library"):
            packed = pack_model(PackingOrder(**options), write=not check)
    except Problems as problems:
        return _refuse(problems.found, as_json)
    except Exception as error:
        if debug:
            traceback.print_exc()
        said = f"{type(error).__name__}: {str(error)[:300]}"
        print(f"This tool failed, which it should not: {said}. --debug shows where.", file=sys.stderr)
        return 1
    print(json.dumps(_as_json(packed)) if as_json else packed)
    return 0


def _refuse(found: list[str], as_json: bool) -> int:
    if as_json:
        print(json.dumps({"problems": found}))
    print("\n".join(["The model cannot be packed:", *(f"- {problem}" for problem in found)]), file=sys.stderr)
    return 2


def _as_json(packed: Packed) -> dict[str, Any]:
    return {
        "output": str(packed.path),
        "sha256": packed.sha256,
        "bytes": packed.bytes,
        "goldenCases": packed.golden_cases,
        "served": packed.served,
        "notes": packed.notes,
        "model": packed.description,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sagemaker-deployer-pack",
        description=__doc__,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--model", type=Path, required=True, help="model file; its name says its format, see below")
    parser.add_argument(
        "--output", type=Path, default=Path("model.tar.gz"), help="archive to write (default: model.tar.gz)"
    )
    parser.add_argument(
        "--data",
        "--training",
        dest="training",
        type=Path,
        metavar="ROWS",
        help=f"rows as in training ({' '.join(ENDINGS)}): types, ranges, categories, golden rows, baseline",
    )
    parser.add_argument("--target", metavar="COLUMN", help="the column of --data that the model predicts")
    parser.add_argument("--class-names", nargs="+", metavar="NAME", help="in the order of classes_ (default: classes_)")
    parser.add_argument("--feature-names", nargs="+", metavar="NAME", help="in the order of the columns")
    parser.add_argument("--golden", type=Path, metavar="ROWS.json", help="rows to ask, in place of made ones")
    parser.add_argument(
        "--golden-from-data", action="store_true", help="take golden rows of --data, which are then shown"
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=1e-6,
        help="of golden numbers, relative above 1 (default: 1e-6)",
    )
    parser.add_argument("--label", metavar="TEXT", help="a note for model.json")
    parser.add_argument("--check", action="store_true", help="say whether and how the image serves it; write nothing")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--debug", action="store_true", help="where this tool fails, show where")
    return parser


if __name__ == "__main__":
    sys.exit(main())
