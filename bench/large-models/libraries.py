"""The libraries that answer the large models: each returns what predicts, what prepares its rows, and facts, or None.

One thread each. Rows are prepared beforehand in the type that is fastest for the library.
"""

from __future__ import annotations

import json
import pickle
import time
from pathlib import Path
from typing import Any

import numpy as np

PICKLED = ("logistic-regression", "histogram-boosting", "forest-depth-12", "forest-full")


def as_single(rows: np.ndarray) -> np.ndarray:
    return rows.astype(np.float32)


def as_they_are(rows: np.ndarray) -> np.ndarray:
    return rows


def unpickle(folder: Path, model: str) -> Any:
    return pickle.loads((folder / model / "model.pkl").read_bytes())


def load_library(folder: Path, model: str):
    """The library that trained the model."""
    if model == "xgboost":
        import xgboost

        booster = xgboost.Booster({"nthread": 1})
        booster.load_model(folder / model / "model.ubj")
        return booster.inplace_predict, as_single, {}
    if model == "lightgbm":
        import lightgbm

        booster = lightgbm.Booster(model_file=folder / model / "model.lgb.txt")
        return lambda rows: booster.predict(rows, num_threads=1), as_they_are, {}
    estimator = unpickle(folder, model)
    return lambda rows: estimator.predict_proba(rows)[:, 1], as_single if "forest" in model else as_they_are, {}


def load_treelite(folder: Path, model: str):
    """treelite's own interpreter, GTIL."""
    import treelite

    if model == "logistic-regression":
        return None
    trees = treelite_model(folder, model)
    prepare = as_single if model == "xgboost" or "forest" in model else as_they_are
    return lambda rows: treelite.gtil.predict(trees, rows, nthread=1)[..., -1], prepare, {}


def treelite_model(folder: Path, model: str):
    import treelite

    if model == "xgboost":
        return treelite.frontend.load_xgboost_model(folder / model / "model.ubj", format_choice="ubjson")
    if model == "lightgbm":
        return treelite.frontend.load_lightgbm_model(folder / model / "model.lgb.txt")
    return treelite.sklearn.import_model(unpickle(folder, model))


def load_daal4py(folder: Path, model: str):
    """Intel's library, behind scikit-learn-intelex."""
    import daal4py

    daal4py.daalinit(1)
    if model == "xgboost":
        import xgboost

        source = xgboost.Booster({"nthread": 1})
        source.load_model(folder / model / "model.ubj")
    elif model == "lightgbm":
        import lightgbm

        source = lightgbm.Booster(model_file=folder / model / "model.lgb.txt")
    else:
        source = unpickle(folder, model)
        if model != "logistic-regression":
            source = treelite_model(folder, model)
    converted = daal4py.mb.convert_model(source)
    if hasattr(converted, "predict_proba") and model != "xgboost":
        return lambda rows: converted.predict_proba(rows)[:, 1], as_they_are, {}
    return converted.predict, as_single, {}


def load_onnx(folder: Path, model: str):
    """ONNX Runtime; the model is converted once and kept."""
    import onnxruntime

    file = folder / f"{model}.onnx"
    if not file.exists():
        file.write_bytes(to_onnx(folder, model))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    name, wanted = session.get_inputs()[0].name, session.get_outputs()[-1].name

    def predict(rows: np.ndarray) -> np.ndarray:
        (found,) = session.run([wanted], {name: rows})
        return found[:, -1]

    return predict, as_single, {}


def to_onnx(folder: Path, model: str) -> bytes:
    from skl2onnx import to_onnx as convert
    from skl2onnx.common.data_types import FloatTensorType

    features = np.load(folder / "rows.npy", mmap_mode="r").shape[1]
    inputs = [("input", FloatTensorType([None, features]))]
    if model == "xgboost":
        import xgboost
        from onnxmltools import convert_xgboost
        from onnxmltools.convert.common.data_types import FloatTensorType as Tensor

        booster = xgboost.Booster()
        booster.load_model(folder / model / "model.ubj")
        return convert_xgboost(booster, initial_types=[("input", Tensor([None, features]))]).SerializeToString()
    if model == "lightgbm":
        import lightgbm
        from onnxmltools import convert_lightgbm
        from onnxmltools.convert.common.data_types import FloatTensorType as Tensor

        booster = lightgbm.Booster(model_file=folder / model / "model.lgb.txt")
        return convert_lightgbm(
            booster, initial_types=[("input", Tensor([None, features]))], zipmap=False
        ).SerializeToString()
    estimator = unpickle(folder, model)
    return convert(estimator, initial_types=inputs, options={type(estimator): {"zipmap": False}}).SerializeToString()


def load_tl2cgen(folder: Path, model: str):
    """Trees as C, compiled once and kept; with the seconds that it took."""
    import tl2cgen

    if model in PICKLED:
        return None  # its environment has no scikit-learn
    trees = treelite_model(folder, model)
    library, facts = folder / f"{model}-tl2cgen.so", folder / f"{model}-tl2cgen.json"
    if not facts.exists():
        started = time.perf_counter()
        parameters = {"parallel_comp": 16}
        tl2cgen.export_lib(trees, toolchain="gcc", libpath=library, params=parameters, nthread=2)
        facts.write_text(json.dumps({"compileSeconds": time.perf_counter() - started}))
    predictor = tl2cgen.Predictor(library, nthread=1)
    prepare = (as_single if model == "xgboost" else as_they_are)
    return lambda rows: predictor.predict(tl2cgen.DMatrix(rows))[..., -1], prepare, json.loads(facts.read_text())


def load_lleaves(folder: Path, model: str):
    """LightGBM's trees through LLVM."""
    import lleaves

    if model != "lightgbm":
        return None
    cache, facts = folder / "lightgbm-lleaves.o", folder / "lightgbm-lleaves.json"
    compiled = lleaves.Model(model_file=folder / model / "model.lgb.txt")
    started = time.perf_counter()
    compiled.compile(cache=cache)
    if not facts.exists():
        facts.write_text(json.dumps({"compileSeconds": time.perf_counter() - started}))
    return lambda rows: compiled.predict(rows, n_jobs=1), as_they_are, json.loads(facts.read_text())


LIBRARIES = {
    "library": load_library,
    "treelite": load_treelite,
    "daal4py": load_daal4py,
    "onnxruntime": load_onnx,
    "tl2cgen": load_tl2cgen,
    "lleaves": load_lleaves,
}
