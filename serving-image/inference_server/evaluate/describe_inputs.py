"""What the file of a model that scikit-learn serves says of its inputs: as far as its transformers can be read."""

from __future__ import annotations

from typing import Any

from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import MOST, Columns, inputs, use_as_numbers
from inference_server.evaluate.prepare_columns import column_parts, pipeline_members, read_step
from inference_server.not_covered import NotCovered
from inference_server.table.column import Column

# They hand their rows to estimators of their own, which may take texts.
_HOLDERS = {
    "AdaBoostClassifier",
    "AdaBoostRegressor",
    "BaggingClassifier",
    "BaggingRegressor",
    "CalibratedClassifierCV",
    "DummyClassifier",
    "DummyRegressor",
    "FeatureUnion",
    "FunctionTransformer",
    "OneVsOneClassifier",
    "OneVsRestClassifier",
    "RFE",
    "RFECV",
    "SelectFromModel",
    "StackingClassifier",
    "StackingRegressor",
    "TargetEncoder",
    "TransformedTargetRegressor",
    "VotingClassifier",
    "VotingRegressor",
}
# In a form that is not read they may take texts too.
_ENCODERS = ("MissingIndicator", "OneHotEncoder", "OrdinalEncoder", "SimpleImputer")


def describe_inputs(estimator: Any) -> tuple[Column, ...] | None:
    """Return a column for each input of an unresolved value, None where not even their number is known."""
    try:
        width = _width(estimator)
        if width > MOST:
            return None
        found = inputs(width)
        _read([estimator], found)
    except Exception:
        # A file of another form than scikit-learn's: its reader has the last word.
        return None
    return tuple(one.column(unread="any") for one in found)


def _width(estimator: Any) -> int:
    for member in pipeline_members(estimator) or [estimator]:
        if member is not None and not isinstance(member, str):
            inner = pipeline_members(member)
            fields = Fields(member)
            if inner is not None or fields.has("n_features_in_"):
                return _width(member) if inner is not None else fields.count("n_features_in_")
    raise NotCovered("a model that does not say how many features it takes")


def _read(members: list[Any], columns: Columns) -> Columns | None:
    """Follow the columns through what follows one another; None behind what cannot be read."""
    for member in members:
        inner = pipeline_members(member)
        after = _read(inner, columns) if inner is not None else _read_one(member, columns)
        if after is None:
            return None
        columns = after
    return columns


def _read_one(member: Any, columns: Columns) -> Columns | None:
    fields = None if member is None or isinstance(member, str) else Fields(member)
    if fields is not None and fields.name == "ColumnTransformer":
        after = [
            _read([part], [columns[place] for place in places]) for part, places in column_parts(fields, len(columns))
        ]
        return None if None in after else [column for part in after for column in part]
    try:
        return read_step(member, columns)[1]
    except NotCovered:
        if fields is not None and fields.name not in _HOLDERS and fields.name not in _ENCODERS:
            use_as_numbers(columns)
        return None
