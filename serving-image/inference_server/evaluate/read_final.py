"""The last estimator of a model, or one within another: which reader reads it."""

from __future__ import annotations

from typing import Any

from inference_server.evaluate.fields import Fields
from inference_server.evaluate.finish import several_values
from inference_server.evaluate.inputs import Columns, use_as_numbers
from inference_server.evaluate.member import Member, Read, ReadMember
from inference_server.evaluate.prepare_columns import pipeline_members, read_steps
from inference_server.evaluate.read_adaboost import ADABOOST
from inference_server.evaluate.read_bayes import BAYES
from inference_server.evaluate.read_calibrated import CALIBRATED
from inference_server.evaluate.read_ensemble import (
    BOOSTING,
    FORESTS,
    HISTOGRAM_BOOSTING,
    TREES,
    read_boosting,
    read_forest,
    read_histogram_boosting,
)
from inference_server.evaluate.read_isolation import ISOLATION
from inference_server.evaluate.read_linear import (
    CLASSIFIERS,
    REGRESSORS,
    read_classes,
    read_linear_classifier,
    read_linear_regressor,
)
from inference_server.evaluate.read_network import NETWORKS
from inference_server.evaluate.read_target import TARGETS
from inference_server.evaluate.read_votes import VOTES
from inference_server.evaluate.step import SAME
from inference_server.model_error import ModelError
from inference_server.not_covered import NotCovered
from inference_server.pickles.searches import check_search

# Of estimators within others.
MAX_MEMBERS = 20_000


def _read_frozen(fields: Fields, columns: Columns, read_member: ReadMember) -> Read:
    member = read_member(fields.any("estimator"), columns)
    return member.scores, member.finish, member.classes


OTHERS = {
    **ADABOOST,
    **BAYES,
    **CALIBRATED,
    **ISOLATION,
    **NETWORKS,
    **TARGETS,
    **VOTES,
    "FrozenEstimator": _read_frozen,
}
# Their sums are their decision_function.
_SCORED = {*CLASSIFIERS, *BOOSTING, *HISTOGRAM_BOOSTING, "AdaBoostClassifier"}
# They have none.
_UNSCORED = {*FORESTS, *TREES, *BAYES, "CalibratedClassifierCV", "MLPClassifier", "VotingClassifier"}


def read_final(estimator: Any, columns: Columns, read_member: ReadMember | None = None) -> Read:
    """Return sums, what is made of them, and the classes of a classifier. Raises ``NotCovered``."""
    fields = Fields(estimator)
    if fields.has("n_features_in_") and fields.count("n_features_in_") != len(columns):
        raise NotCovered(f"a {fields.name} of another number of columns than it gets")
    if fields.name in OTHERS:
        return OTHERS[fields.name](fields, columns, read_member or _Members())
    width = use_as_numbers(columns)
    fields.count("n_features_in_")
    is_classifier = fields.name.endswith("Classifier") or fields.name in CLASSIFIERS
    if fields.name in FORESTS or fields.name in TREES:
        sums, finish = read_forest(estimator, width)
    elif fields.name in BOOSTING:
        sums, finish = read_boosting(fields, width)
    elif fields.name in HISTOGRAM_BOOSTING:
        sums, finish = read_histogram_boosting(fields, width)
    elif fields.name in REGRESSORS:
        sums, finish = read_linear_regressor(fields, width)
    elif fields.name in CLASSIFIERS:
        sums, finish = read_linear_classifier(fields, width)
    else:
        raise NotCovered(f"a {fields.name}")
    return sums, finish, read_classes(fields) if is_classifier else None


class _Members:
    """Reads the estimators within one model. A crafted file may hold one twice, in one that it holds twice again."""

    def __init__(self) -> None:
        self._count = 0

    def __call__(self, estimator: Any, columns: Columns) -> Member:
        """Read an estimator within another, alone or behind transformers of its own."""
        self._count += 1
        if self._count > MAX_MEMBERS:
            raise ModelError(f"The model holds more than {MAX_MEMBERS} estimators, the most that is served.")
        *before, final = pipeline_members(estimator) or [estimator]
        check_search(final)
        fields = Fields(final)
        while fields.name == "FrozenEstimator":
            inner = fields.any("estimator")
            head = pipeline_members(inner) or [inner]
            before, final = [*before, *head[:-1]], head[-1]
            fields = Fields(final)
        if fields.name in HISTOGRAM_BOOSTING and fields.has("_preprocessor"):
            before.append(fields.any("_preprocessor"))
        step = SAME
        if before:
            step, columns = read_steps(before, columns)
        sums, finish, classes = read_final(final, columns, self)
        if isinstance(classes, list) or finish is several_values:
            raise NotCovered(f"a {fields.name} of several outputs within another estimator")
        has_scores = fields.name in _SCORED if fields.name in _SCORED | _UNSCORED else None
        return Member(fields.name, classes, step, sums, finish, has_scores)
