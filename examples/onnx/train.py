"""Trains a neural network on wines (data that scikit-learn ships), exports it as ONNX, and packs the file."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from skl2onnx import to_onnx
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sagemaker_deployer.pack import pack

# ONNX files hold no names of columns, and the classes as their numbers.
CLASS_NAMES = ["barolo", "grignolino", "barbera"]


def main() -> None:
    """Write model.tar.gz and request.json, and print what was trained and what it must answer as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="folder for model.onnx, model.tar.gz, request.json")
    folder = parser.parse_args().output
    folder.mkdir(parents=True, exist_ok=True)

    X, y = load_wine(return_X_y=True, as_frame=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    network = MLPClassifier(hidden_layer_sizes=(16,), max_iter=2000, random_state=0)
    model = make_pipeline(StandardScaler(), network).fit(X_train.to_numpy(), y_train)
    exported = to_onnx(model, X_train.to_numpy("float32")[:1], options={"zipmap": False})
    (folder / "model.onnx").write_bytes(exported.SerializeToString())
    packed = pack(folder / "model.onnx", X_train, y_train, path=folder / "model.tar.gz", class_names=CLASS_NAMES)

    row = X_test.head(1)
    (folder / "request.json").write_text(f'{{"instances": {row.to_json(orient="records")}}}\n')
    answer = {
        "predicted_class": CLASS_NAMES[model.predict(row.to_numpy())[0]],
        "probabilities": dict(zip(CLASS_NAMES, model.predict_proba(row.to_numpy())[0].tolist(), strict=True)),
    }
    said = {"path": str(packed.path), "served": packed.served, "notes": packed.notes}
    print(json.dumps(said | {"accuracy": round(model.score(X_test.to_numpy(), y_test), 3), "answer": answer}))


if __name__ == "__main__":
    main()
