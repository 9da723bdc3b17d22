"""What the file of a model that scikit-learn serves says of its inputs: as far as its transformers can be read."""

from __future__ import annotations

from typing import Any

from inference_server.evaluate.column_parts import column_parts, union_parts
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.inputs import MOST, Columns, inputs, use_as_numbers
from inference_server.evaluate.prepare_columns import (
    begins_with_texts,
    first_with_columns,
    pipeline_members,
    read_step,
)
from inference_server.not_covered import NotCovered
from inference_server.table.column import Column
from inference_server.table.estimator_input import VECTORIZERS

# They hand their rows to estimators of their own, which may take texts.
_HOLDERS = {
    "AdaBoostClassifier",
    "AdaBoostRegressor",
    "BaggingClassifier",
    "BaggingRegressor",
    "CalibratedClassifierCV",
    "DummyClassifier",
    "DummyRegressor",
    "FunctionTransformer",
    "OneVsOneClassifier",
    "OneVsRestClassifier",
    "RFE",
    "RFECV",
    "SelectFromModel",
    "StackingClassifier",
    "StackingRegressor",
    "TransformedTargetRegressor",
    "VotingClassifier",
    "VotingRegressor",
}
_PARTS = {"ColumnTransformer": column_parts, "FeatureUnion": union_parts}
# In a form that is not read they may take texts too.
_ENCODERS = ("MissingIndicator", "OneHotEncoder", "OrdinalEncoder", "SimpleImputer", "TargetEncoder")


def describe_inputs(estimator: Any) -> tuple[Column, ...] | None:
    """Return a column for each input of an unresolved value, None where not even their number is known."""
    try:
        width = 1 if begins_with_texts([estimator]) else first_with_columns([estimator]).count("n_features_in_")
        if width > MOST:
            return None
        found = inputs(width)
        _read([estimator], found)
    except Exception:
        # A file of another form than scikit-learn's: its reader has the last word.
        return None
    return tuple(one.column(unread="any") for one in found)


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
    parts = _PARTS.get("" if fields is None else fields.name)
    if parts is not None:
        after = [
            _read([part.transformer], [columns[place] for place in part.places]) for part in parts(fields, len(columns))
        ]
        return None if any(part is None for part in after) else [column for part in after for column in part]
    if fields is not None and fields.name in VECTORIZERS and len(columns) == 1 and columns[0] is not None:
        columns[0].use_as_text()
        return None
    try:
        return read_step(member, columns)[1]
    except NotCovered:
        if fields is not None and fields.name not in _HOLDERS and fields.name not in _ENCODERS:
            use_as_numbers(columns)
        return None
