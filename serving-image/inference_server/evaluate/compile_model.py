"""From an estimator that was read inertly to an Evaluator: what is covered, and by which reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from inference_server.evaluate.check_attributes import check_attributes
from inference_server.evaluate.evaluator import Evaluator
from inference_server.evaluate.fields import Fields
from inference_server.evaluate.finish import several_values
from inference_server.evaluate.inputs import MOST, Input, inputs, made, suggest_thresholds, use_as_numbers
from inference_server.evaluate.prepare_columns import first_with_columns, pipeline_members, read_steps
from inference_server.evaluate.read_ensemble import HISTOGRAM_BOOSTING
from inference_server.evaluate.read_final import read_final
from inference_server.evaluate.step import Step
from inference_server.evaluate.trace_columns import trace_columns
from inference_server.evaluate.trees import Trees
from inference_server.not_covered import NotCovered
from inference_server.pickles.searches import check_search


def compile_model(estimator: Any, read_other: Callable[[Any], Evaluator | None] | None = None) -> Evaluator:
    """Return the evaluator of an unresolved value (``read_inert``).

    ``read_other`` reads models of other libraries, alone or behind scikit-learn's transformers.

    Raises ``NotCovered`` for what scikit-learn has to serve, ``ModelError`` for numbers that no training writes.
    """
    members = pipeline_members(estimator) or [estimator]
    check_search(members[-1])
    final = Fields(members[-1])
    other = read_other(members[-1]) if read_other else None
    if other is not None and len(members) == 1:
        return other
    entry = first_with_columns(members)
    width = entry.count("n_features_in_")
    steps: tuple[Step, ...] = ()
    given: list[Input] = inputs(width) if width <= MOST else []
    columns, traced = given or made(width), None
    before = members[:-1]
    if final.name in HISTOGRAM_BOOSTING and final.has("_preprocessor"):
        # Since scikit-learn 1.4: it numbers the categories, and puts their columns first.
        before = [*before, final.any("_preprocessor")]
    if before:
        step, columns = read_steps(before, columns)
        steps = (step,)
        traced = trace_columns(before, width)
    if other is not None:
        use_as_numbers(columns)
        if other.inputs is not None or other.n_features_in_ != len(columns):
            raise NotCovered(f"a {final.name} of other columns than it gets")
        sums, finish, classes, steps = other.sums, other.finish, other.classes_, (*steps, *other.steps)
    else:
        sums, finish, classes = read_final(members[-1], columns)
    if isinstance(sums, Trees):
        suggest_thresholds(columns, sums.nodes)
    check_attributes(estimator)
    names = entry.labels("feature_names_in_") if entry.has("feature_names_in_") else None
    if names is not None and len(names) != width:
        raise NotCovered("names for another number of features")
    return Evaluator(
        name=final.name,
        written_by="scikit-learn " + ".".join(map(str, final.version)) if other is None else other.written_by,
        n_features_in_=width,
        feature_names_in_=names,
        classes_=classes,
        steps=steps,
        sums=sums,
        finish=finish,
        columns=traced,
        inputs=tuple(one.column(unread="unused") for one in given) or None,
        several=other.several if other is not None else isinstance(classes, list) or finish is several_values,
        takes_gaps=bool(steps) or not isinstance(sums, Trees) or not sums.trained_without_gaps,
    )
