"""Packs one model: checks it by loading and asking it as the server would, then writes the archive."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from inference_server.evaluate.evaluator import Evaluator
from inference_server.feature import write_features
from inference_server.invalid_input import InvalidInput
from inference_server.load_model import PICKLES, load_model
from inference_server.model import Model
from inference_server.model_error import ModelError
from inference_server.model_files.read_evaluator import read_evaluator
from inference_server.not_covered import NotCovered
from inference_server.sha256_of import sha256_of
from inference_server.table.read_rows import read_rows
from inference_server.table.schema import Schema
from inference_server.trusted.scikit_learns import choose_packages, serving_minor
from sagemaker_deployer.pack.author_data import AuthorData, read_author_data
from sagemaker_deployer.pack.author_model import AuthorModel, write_model
from sagemaker_deployer.pack.baseline import baseline
from sagemaker_deployer.pack.check_rows import check_rows
from sagemaker_deployer.pack.data.data import Cells
from sagemaker_deployer.pack.describe_features import describe_columns
from sagemaker_deployer.pack.describe_model import describe_model
from sagemaker_deployer.pack.golden.golden_cases import golden_file, record_golden_cases
from sagemaker_deployer.pack.golden.golden_requests import GoldenRequest
from sagemaker_deployer.pack.golden.make_requests import MadeRequests, make_requests
from sagemaker_deployer.pack.originals import Original, read_original
from sagemaker_deployer.pack.packing_order import PackingOrder, member_name, read_requests
from sagemaker_deployer.pack.parity.ask_author import AskAuthor
from sagemaker_deployer.pack.parity.coded_rows import schema_of
from sagemaker_deployer.pack.parity.measure_parity import measure_parity
from sagemaker_deployer.pack.problems import Problems
from sagemaker_deployer.pack.wrapped_originals import DISTRIBUTIONS, library_of
from sagemaker_deployer.pack.write_archive import write_archive

# What has no parity because the server has its numbers from the library itself.
_SERVED_BY_LIBRARY = {"model.onnx": "onnxruntime"}


@dataclass(frozen=True)
class Packed:
    """What an archive holds, or would hold.

    ``served``: how the image serves it, in the server's own words. ``notes``: what its author should know.
    """

    path: Path
    description: dict[str, Any]
    golden_cases: int
    notes: list[str]
    served: str
    sha256: str | None = None
    bytes: int | None = None

    def __str__(self) -> str:
        lines = [] if self.sha256 is None else [f"{self.path}: {self.bytes} bytes", f"sha256 {self.sha256}"]
        lines += [
            f"In the image: {self.served}.",
            f"{self.golden_cases} golden cases",
            *(f"Note: {note}" for note in self.notes),
        ]
        return "\n".join(lines)


def pack_model(order: PackingOrder, *, write: bool = True) -> Packed:
    """Check the model, and write the archive unless told not to.

    Raises ``Problems`` with everything that is wrong, before anything is written.
    """
    requests = read_requests(order)
    with tempfile.TemporaryDirectory() as folder:
        author = _author_model(order, Path(folder))
        try:
            files, packed = _prepare(order, author, requests)
        except ModelError as error:
            raise Problems([str(error)]) from error
        if not write:
            return packed
        try:
            write_archive(order.output, files)
        except OSError as error:
            raise Problems([f"--output {order.output}: {error.strerror}."]) from error
    size = order.output.stat().st_size
    return replace(packed, sha256=sha256_of(order.output), bytes=size)


def _author_model(order: PackingOrder, folder: Path) -> AuthorModel:
    if isinstance(order.model, Path):
        return AuthorModel(order.model, member_name(order.model) or order.model.name, None)
    return write_model(order.model, folder)


def _prepare(
    order: PackingOrder, author: AuthorModel, requests: list[GoldenRequest]
) -> tuple[dict[str, Path | bytes], Packed]:
    evaluator, reason = _read_evaluator(author)
    # What the image cannot serve is said before the author's library is asked anything.
    minor = serving_minor(author.path) if evaluator is None and author.member in PICKLES else None
    # Files of another scikit-learn than the installed one are read by that one, where it is here: as in the image.
    apart = minor is not None and author.original is None and choose_packages(author.path, trusted=False) is not None
    original = Original("scikit-learn", (), None) if apart else _original(author, evaluator)
    data = read_author_data(order, evaluator, original.estimator)
    ask = (
        None
        if original.estimator is None
        else AskAuthor(original.estimator, data.rows if original.takes_data else None)
    )
    asked = [row for request in requests if request.positive for row in request.body["instances"]]
    typical = [*asked, *(row for _, row in data.sample)]
    parity = _parity(author, evaluator, reason, original, ask, typical)
    model = _load(author, order, data, parity, apart)
    try:
        return _record(order, author, requests, model, original, ask, data, parity, minor)
    finally:
        if apart:
            model.estimator.close()


def _record(
    order: PackingOrder,
    author: AuthorModel,
    requests: list[GoldenRequest],
    model: Model,
    original: Original,
    ask: AskAuthor | None,
    data: AuthorData,
    parity: dict[str, Any],
    minor: str | None,
) -> tuple[dict[str, Path | bytes], Packed]:
    notes = [] if data.rows is None else check_rows(data.sample, model.schema, data.rows.source)
    made = _requests(order, requests, model, ask, data)
    cases = record_golden_cases(model, ask, made.requests, order.tolerance) if made.requests else []
    description = describe_model(order, author, model, original, parity, data, len(cases))
    files: dict[str, Path | bytes] = {"model.json": _to_json(description)}
    served = model.served if minor is None else model.served.replace("scikit-learn", f"scikit-learn {minor}", 1)
    if cases:
        files["golden.json"] = golden_file(cases)
    if data.rows is not None:
        files["baseline.json"] = _to_json(baseline(data.rows, data.targets, model, made.predicted))
    files[author.member] = author.path
    return files, Packed(order.output, description, len(cases), [*notes, *made.notes], served)


def _original(author: AuthorModel, evaluator: Evaluator | None) -> Original:
    if author.original is None:
        return read_original(author.path, author.member, evaluator)
    library = library_of(evaluator)
    return (
        author.original
        if library is None
        else replace(author.original, library=library, distributions=DISTRIBUTIONS[library])
    )


def _requests(
    order: PackingOrder, given: list[GoldenRequest], model: Model, ask: AskAuthor | None, data: AuthorData
) -> MadeRequests:
    """The author's golden requests, else made ones. Of given ones the predictions are still those of made rows."""
    if order.golden is not None and data.rows is None:
        return MadeRequests(given, [], [])
    made = make_requests(model, ask, data.rows, order.golden_from_data)
    if order.golden is not None:
        return MadeRequests(given, made.predicted, [])
    if not order.golden_from_data:
        return made
    rows = sum(len(request.body["instances"]) for request in made.requests)
    told = f"{rows} rows of the data are stored in the archive (golden.json), and shown in reports."
    return replace(made, notes=[*made.notes, told])


def _read_evaluator(author: AuthorModel) -> tuple[Evaluator | None, str]:
    try:
        return read_evaluator(author.path, author.member), ""
    except NotCovered as reason:
        if reason.way is not None:
            # Of another library, which scikit-learn does not serve either.
            raise ModelError(reason.refusal(author.path.name)) from None
        return None, str(reason)


def _parity(
    author: AuthorModel,
    evaluator: Evaluator | None,
    reason: str,
    original: Original,
    ask: AskAuthor | None,
    typical: Cells,
) -> dict[str, Any]:
    """Return ``parity`` of model.json; raise ``Problems`` where the server is wrong and nothing else could serve."""
    if author.member in _SERVED_BY_LIBRARY:
        return {"servedBy": _SERVED_BY_LIBRARY[author.member]}
    if evaluator is None:
        return {"servedBy": "scikit-learn", "reason": f"The server does not evaluate {reason} itself."}
    if ask is None:
        return {"servedBy": "evaluator", "reason": f"Not compared: {original.lack}."}
    parity = measure_parity(evaluator, ask, _coded(typical, evaluator))
    if parity["rows"] == 0 and original.library != "scikit-learn":
        reason = f"Not compared: {original.library} answers none of the rows that were made: give golden rows."
        return {"servedBy": "evaluator", "reason": reason}
    if parity["servedBy"] != "evaluator" and original.library != "scikit-learn":
        raise Problems([f"The server does not answer as {original.library} does: {json.dumps(parity)}."])
    return parity


def _coded(rows: Cells, evaluator: Evaluator) -> np.ndarray:
    """The rows as the evaluator computes with them, without those that it refuses."""
    schema = schema_of(evaluator)
    taken = [table.values for row in rows if (table := _table_of(row, schema)) is not None]
    return np.concatenate(taken) if taken else np.empty((0, evaluator.n_features_in_))


def _table_of(row: Any, schema: Schema) -> Any:
    try:
        return read_rows([row], schema)
    except InvalidInput:
        return None  # recording the golden cases says what is wrong with it


def _load(author: AuthorModel, order: PackingOrder, data: AuthorData, parity: dict[str, Any], apart: bool) -> Model:
    said = order.names | data.names | {"parity": parity}
    if data.rows is not None:
        # Columns of texts, where the file does not say which these are.
        names = said.get("featureNames") or data.rows.names
        said |= {} if names is None else {"features": write_features(describe_columns(names, data.rows))}
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        (directory / author.member).symlink_to(author.path.resolve())
        (directory / "model.json").write_bytes(_to_json(said))
        try:
            return load_model(directory, apart=apart)
        except ModelError as error:
            if data.rows is not None or parity["servedBy"] != "scikit-learn" or "answers none" not in str(error):
                raise
            raise ModelError(
                f"{error} Give rows as in training (X, --data): the file alone may not say which columns hold texts."
            ) from error


def _to_json(content: Any) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
