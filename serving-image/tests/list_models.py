"""Writes docs/models.md: how each estimator of scikit-learn is served, from the tables that the code itself reads.

``python tests/list_models.py`` (npm run generate). ``test_all_estimators`` fails where the document is out of date.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from sklearn import __version__
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.utils import all_estimators

from inference_server.evaluate import prepare_columns, read_ensemble, read_final, read_linear
from inference_server.pickles.allow_list import ESTIMATORS, SEARCHES, is_listed
from inference_server.pickles.refusals import REFUSALS

TARGET = Path(__file__).parent.parent.parent / "docs" / "models.md"
EVALUATED = {
    *prepare_columns._READERS,
    "Pipeline",
    *read_final.OTHERS,
    *read_ensemble.TREES,
    *read_ensemble.FORESTS,
    *read_ensemble.BOOSTING,
    *read_ensemble.HISTOGRAM_BOOSTING,
    *read_linear.REGRESSORS,
    *read_linear.CLASSIFIERS,
}
KINDS = {
    "Classifiers": lambda cls: _is(cls, "ClassifierMixin"),
    "Regressors": lambda cls: _is(cls, "RegressorMixin"),
    "Clusters, outliers and densities": lambda cls: _is(cls, "ClusterMixin", "OutlierMixin", "DensityMixin"),
    "Transformers": lambda cls: hasattr(cls, "transform"),
    "Others": lambda cls: True,
}
HEAD = f"""# Which models of scikit-learn are served

Written by `npm run generate` from the tables of the serving image's code, for the classes of scikit-learn
{__version__}; do not edit. [The image's README](../serving-image/README.md) says what each way means, and which models
of other libraries are served; [models-matrix.md](models-matrix.md) shows files of the real libraries asked over HTTP.

- **evaluated**: by the server itself, from files of scikit-learn 1.2 to 1.9, without scikit-learn. Where a model holds
  something that is not evaluated (a setting, or an estimator within it), scikit-learn serves it.
- **scikit-learn**: by scikit-learn, in a confined process, from a file that is read without running any of it.
- **refused**: the server does not become healthy, and its log says why. A
  [trusted](adr/0016-trust-names-one-artifact.md) artifact is loaded as its author saved it.

A transformer is served as a step of a pipeline. What is served is answered a row at a time by its `predict`.
"""


def _is(cls: type, *names: str) -> bool:
    return any(base.__name__ in names for base in cls.__mro__)


def status(name: str, cls: type) -> str:
    """Return how a class is served."""
    if is_listed(SEARCHES, cls.__module__, name):
        return "as the estimator that it found (`best_estimator_`)"
    listed = is_listed(ESTIMATORS, cls.__module__, name)
    reason = REFUSALS.get(name)
    if name in EVALUATED:
        return "evaluated" if listed else f"evaluated; where its estimator is not, refused: {reason}"
    if listed:
        return "scikit-learn" if reason is None else f"scikit-learn; where it cannot predict, refused: {reason}"
    return f"refused: {reason}"


def render() -> str:
    """Return the document."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rest: dict[str, Any] = dict(all_estimators())
    parts = [HEAD]
    for kind, belongs in KINDS.items():
        chosen = {name: cls for name, cls in rest.items() if belongs(cls)}
        rest = {name: cls for name, cls in rest.items() if name not in chosen}
        lines = [f"| `{name}` | {status(name, cls)} |\n" for name, cls in sorted(chosen.items())]
        parts.append(f"\n## {kind}\n\n| class | served |\n|---|---|\n{''.join(lines)}")
    return "".join(parts)


if __name__ == "__main__":
    TARGET.write_text(render())
