"""Records which attributes each estimator that the server evaluates may have, in scikit-learn 1.2 to 1.9.

``python tests/record_attributes.py CACHE``: reads the sources of the minors in CACHE (``all_minors``), and writes
inference_server/evaluate/known_attributes.py. What a class, or one that it inherits from, stores on itself may be in a
file. A new attribute there is a question: do predictions depend on it? If so, its reader has to use it.
"""

from __future__ import annotations

import ast
import inspect
import json
import os
import subprocess
import sys
import textwrap
from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).parent.parent
TARGET = FOLDER / "inference_server" / "evaluate" / "known_attributes.py"
# Functions store these on any estimator, or they are methods' (set_output, set_fit_request).
EVERYWHERE = {"_sklearn_version", "_sklearn_output_config", "_metadata_request", "n_features_in_", "feature_names_in_"}
# A Cython class.
TREE = {"max_depth", "node_count", "nodes", "values"}
HEADER = '''"""The attributes that estimators of scikit-learn 1.2 to 1.9 have in files, by tests/record_attributes.py.

What predictions depend on is read; an attribute that is not here might be one more (``check_attributes``).
"""

'''


def find(names: list[str]) -> dict[str, list[str]]:
    """Return the attributes of each estimator in the scikit-learn that is on the path."""
    found = {}
    for name in names:
        module, _, cls = name.rpartition(".")
        try:
            classes = inspect.getmro(getattr(import_module(module), cls))
        except (ImportError, AttributeError):
            continue
        # Where there is a partial_fit, a function in utils.multiclass stores the classes.
        stored: set[str] = {"classes_"} if any(one.__name__ == "ClassifierMixin" for one in classes) else set()
        for one in classes:
            if one.__module__.startswith("sklearn"):
                stored |= _stored(one)
        found[cls] = sorted(stored)
    return found


def _stored(cls: type) -> set[str]:
    tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    if cls.__module__ == "sklearn.linear_model._stochastic_gradient":
        # Its functions store on what they call est.
        tree = ast.parse(inspect.getsource(import_module(cls.__module__)))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("self", "est", "estimator")
    }


def main(cache: Path) -> None:
    """Write the table."""
    sys.path.insert(0, str(FOLDER))
    from inference_server.evaluate import prepare_columns, read_calibrated, read_ensemble, read_final, read_linear
    from inference_server.pickles.allow_list import ESTIMATORS

    evaluated = {*prepare_columns._READERS, "Pipeline", *read_linear.REGRESSORS, *read_linear.CLASSIFIERS}
    evaluated |= {*read_ensemble.TREES, *read_ensemble.FORESTS, *read_ensemble.BOOSTING}
    evaluated |= {*read_ensemble.HISTOGRAM_BOOSTING, "DummyClassifier", "DummyRegressor", "LabelBinarizer"}
    evaluated |= {"TreePredictor", "_BinMapper", "MissingIndicator"}
    evaluated |= {*read_final.OTHERS, "_CalibratedClassifier", "_SigmoidCalibration", "IsotonicRegression"}
    listed = ESTIMATORS | {"sklearn.model_selection._classification_threshold": " ".join(read_calibrated.CALIBRATED)}
    names = [f"{module}.{cls}" for module, classes in listed.items() for cls in classes.split() if cls in evaluated]
    found: dict[str, set[str]] = {"Tree": TREE}
    for packages in sorted(cache.glob("1.*")):
        command = [sys.executable, "-S", __file__, "find", *names]
        environment = os.environ | {"PYTHONPATH": f"{packages}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
        answer = subprocess.run(command, check=True, env=environment, capture_output=True, text=True).stdout
        for cls, attributes in json.loads(answer).items():
            found.setdefault(cls, set()).update(attributes)
    missing = evaluated - set(found)
    if missing:
        sys.exit(f"no minor has {', '.join(sorted(missing))}")
    lines = [HEADER, "EVERYWHERE = (\n", *_wrap(EVERYWHERE), ")\n\n", "ATTRIBUTES: dict[str, str] = {\n"]
    for cls in sorted(found):
        lines += [f'    "{cls}": (\n', *_wrap(found[cls] - EVERYWHERE, "        "), "    ),\n"]
    TARGET.write_text("".join([*lines, "}\n"]))
    subprocess.run(["ruff", "format", "--quiet", str(TARGET)], check=True, cwd=FOLDER)


def _wrap(names: set[str], indent: str = "    ") -> list[str]:
    wrapped = textwrap.wrap(" ".join(sorted(names)), 100)
    ends = [" "] * (len(wrapped) - 1) + [""]
    return [f'{indent}"{line}{end}"\n' for line, end in zip(wrapped, ends, strict=True)] or [f'{indent}""\n']


if __name__ == "__main__":
    if sys.argv[1] == "find":
        print(json.dumps(find(sys.argv[2:])))
    else:
        main(Path(sys.argv[1]))
