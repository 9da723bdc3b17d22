"""From a model file to the evaluator of it: each format has its reader, which is loaded when it is needed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from inference_server.evaluate.evaluator import Evaluator
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.other_kind import check_kind
from inference_server.pickles.decompress import MAX_BYTES, decompress

# A request of 6 MiB cannot hold a row of more.
MAX_FEATURES = 3_000_000


def read_evaluator(path: Path, name: str | None = None, *, form: str | None = None) -> Evaluator:
    """Read the file as numbers that the server evaluates itself; its name, or ``name``, says its format.

    ``form`` says it where the name does not: a name that stands for the format.

    Raises ``NotCovered`` for a pickle or joblib file that scikit-learn has to serve, and ``ModelError`` for
    everything else that cannot be served.
    """
    name = name or path.name
    if path.stat().st_size > MAX_BYTES:
        raise ModelError(f"{name} holds more than {MAX_BYTES} bytes.")
    check_kind(path, name)
    read = next((reader for ending, reader in _READERS.items() if (form or name).endswith(ending)), None)
    evaluator = _read_pickle_file(path) if read is None else _read_whole(read, path.read_bytes(), name)
    if evaluator.n_features_in_ > MAX_FEATURES:
        raise ModelError(f"{name} takes {evaluator.n_features_in_} features; the most is {MAX_FEATURES}.")
    return evaluator


def _read_pickle_file(path: Path) -> Evaluator:
    from inference_server.evaluate.compile_model import compile_model
    from inference_server.evaluate.describe_inputs import describe_inputs
    from inference_server.model_files.read_wrapped import read_wrapped
    from inference_server.pickles.read_inert import read_inert

    content = decompress(path.read_bytes())
    try:
        value = read_inert(content)
        try:
            return compile_model(value, read_wrapped)
        except NotCovered as reason:
            reason.inputs = describe_inputs(value)
            raise
    except (ModelError, NotCovered):
        raise
    except Exception as error:
        # Damaged, or of a form that is new: the other reader has the last word.
        raise NotCovered(f"a file that cannot be read inertly ({type(error).__name__})") from error


def _read_whole(read: Callable[[bytes], Evaluator], content: bytes, name: str) -> Evaluator:
    """Read a format that only the server itself reads: what it does not cover is not served."""
    try:
        return read(content)
    except ModelError:
        raise
    except NotCovered as reason:
        way = " Pickle it, then scikit-learn serves it." if name.endswith(".skops") else f" {reason.way or ''}".rstrip()
        raise ModelError(f"{name} is not served: this server does not evaluate {reason}.{way}") from reason
    except Exception as error:
        raise ModelError(
            f"{name} cannot be read ({type(error).__name__}): it is damaged, or of another format than its name says."
        ) from error


def _read_skops(content: bytes) -> Evaluator:
    from inference_server.evaluate.compile_model import compile_model
    from inference_server.model_files.read_skops import read_skops

    return compile_model(read_skops(content))


def _read_onnx(content: bytes) -> Evaluator:
    from inference_server.model_files.read_onnx import read_onnx

    return read_onnx(content)


def _read_xgboost(content: bytes) -> Evaluator:
    from inference_server.model_files.read_xgboost import read_xgboost

    return read_xgboost(content)


def _read_sagemaker_xgboost(content: bytes) -> Evaluator:
    from inference_server.model_files.read_wrapped import read_wrapped
    from inference_server.pickles.read_inert import read_inert

    # SageMaker's XGBoost containers 0.90 to 1.2 pickled the Booster under this name.
    if content[:1] != b"\x80":
        return _read_xgboost(content)
    evaluator = read_wrapped(read_inert(content))
    if evaluator is None:
        raise NotCovered("a pickle of something else than XGBoost's")
    return evaluator


def _read_lightgbm(content: bytes) -> Evaluator:
    from inference_server.model_files.read_lightgbm import read_lightgbm

    return read_lightgbm(content)


def _read_catboost_json(content: bytes) -> Evaluator:
    from inference_server.model_files.read_catboost_json import read_catboost_json

    return read_catboost_json(content)


def _read_cbm(content: bytes) -> Evaluator:
    from inference_server.model_files.read_cbm import read_cbm

    return read_cbm(content)


_READERS: dict[str, Callable[[bytes], Evaluator]] = {
    ".skops": _read_skops,
    ".onnx": _read_onnx,
    ".ubj": _read_xgboost,
    ".xgb.json": _read_xgboost,
    "xgboost-model": _read_sagemaker_xgboost,
    ".lgb.txt": _read_lightgbm,
    ".cat.json": _read_catboost_json,
    ".cbm": _read_cbm,
}
