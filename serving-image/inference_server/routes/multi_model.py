"""The routes of a multi-model endpoint: SageMaker loads, lists and unloads models, and invokes them by name.

https://docs.aws.amazon.com/sagemaker/latest/dg/mms-container-apis.html
"""

from __future__ import annotations

import asyncio
import logging
import re
from bisect import bisect_right
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes

import orjson

from inference_server.formats.parse_json import parse_json
from inference_server.http.error_body import error_body
from inference_server.http.messages import Request, Response
from inference_server.invalid_input import InvalidInput
from inference_server.memory import give_back, memory_limit, used_memory
from inference_server.model_error import ModelError
from inference_server.routes.handler import Answered, Handlers
from inference_server.routes.model_executor import ModelExecutor
from inference_server.served.served_model import ServedModel
from inference_server.settings import Settings

ROOT = b"/models"

# SageMaker's own names are digests; this is what people would use by hand.
_NAME = re.compile(r"[A-Za-z0-9._-]{1,256}")
_PAGE = 100
# The message is the model's, and may be long.
_MESSAGE_LENGTH = 1500

_log = logging.getLogger("inference_server")


class NoRoom(Exception):
    """SageMaker has to unload a model first; the message says what is full."""


class MultiModel:
    """Loads models into ``models`` and out of them; ``executor`` has them answer."""

    def __init__(self, settings: Settings, models: dict[str, ServedModel], executor: ModelExecutor) -> None:
        self._settings = settings
        self._models = models
        self._executor = executor
        self._limit = self._settings.max_memory_bytes or memory_limit()
        self._urls: dict[str, str] = {}
        self._loading: set[str] = set()
        # Beside the threads that predict: a model that loads for minutes holds up nobody but who comes fifth.
        self._loaders = ThreadPoolExecutor(4, thread_name_prefix="load")
        self.routes: dict[bytes, Handlers] = {ROOT: {b"GET": self._list, b"HEAD": self._list, b"POST": self._load}}

    def find(self, path: bytes) -> Handlers | Response:
        """Return what answers a path below /models, by method, or the answer where there is nothing."""
        encoded, _, rest = path[len(ROOT) + 1 :].partition(b"/")
        name = unquote_to_bytes(encoded).decode("utf-8", "replace")
        if rest not in (b"", b"invoke") or path.endswith(b"/"):
            return Response(404, error_body("Not found; a model has /invoke"))
        served = self._models.get(name)
        if served is None:
            return Response(404, error_body(f"Model {name[:60]!r} is not loaded"))
        if rest:
            return {b"POST": lambda request: self._executor.invoke(served, request)}
        describe = dict.fromkeys((b"GET", b"HEAD"), lambda _: _json(self._describe(name)))
        return describe | {b"DELETE": lambda _: self._unload(name)}

    def _describe(self, name: str) -> dict[str, str]:
        return {"modelName": name, "modelUrl": self._urls[name]}

    def _list(self, request: Request) -> Response:
        after = parse_qs(request.query.decode("latin-1")).get("next_page_token", [""])[0]
        names = sorted(self._models)
        first = bisect_right(names, after)
        page = names[first : first + _PAGE]
        answer: dict[str, Any] = {"models": [self._describe(name) for name in page]}
        if first + _PAGE < len(names):
            answer["nextPageToken"] = page[-1]
        return _json(answer)

    def _load(self, request: Request) -> Answered:
        try:
            name, url = _read_order(request.body)
            directory = self._find_directory(url)
        except InvalidInput as error:
            return Response(error.status, error_body(str(error)))
        if name in self._models or name in self._loading:
            return Response(409, error_body(f"Model {name!r} is loaded already"))
        if len(self._models) + len(self._loading) >= self._settings.max_models:
            return Response(507, error_body(f"There are {self._settings.max_models} models, which is the limit"))
        self._loading.add(name)
        done = asyncio.get_running_loop().run_in_executor(self._loaders, self._load_into, name, url, directory)
        # Also where the caller has left before it began.
        done.add_done_callback(lambda _: self._loading.discard(name))
        return done

    def _load_into(self, name: str, url: str, directory: Path) -> Response:
        try:
            self._check_memory(sum(path.stat().st_size for path in directory.iterdir() if path.is_file()))
            served = self._make(name, directory)
        except (NoRoom, MemoryError) as error:
            give_back()
            return Response(507, error_body(str(error) or "There is not enough memory for this model"))
        except ModelError as error:
            return Response(400, error_body(f"The model cannot be served: {error}"[:_MESSAGE_LENGTH]))
        except Exception as error:
            _log.exception("model %s cannot be loaded", name)
            return Response(500, error_body(f"The model cannot be loaded: {type(error).__name__}"))
        # In this order: whoever finds the model finds its address.
        self._urls[name] = url
        self._models[name] = served
        _log.info("loaded model %s", name)
        return _json(self._describe(name))

    def _make(self, name: str, directory: Path) -> ServedModel:
        from inference_server.load_model import load_model

        model = load_model(directory, apart=True)
        try:
            self._check_memory(0)
        except NoRoom:
            _close(model)
            raise
        return ServedModel(name, model, model.sha256)

    def _check_memory(self, more: int) -> None:
        if self._limit and used_memory() + more > self._limit:
            raise NoRoom(f"The models may take {self._limit // 1_048_576} MB, and that is used up")

    def _find_directory(self, url: str) -> Path:
        root = self._settings.model_directory.resolve()
        try:
            directory = Path(url.removeprefix("file://")).resolve()
            exists = directory.is_dir()
        except OSError:  # a name that is too long, links in a circle
            raise InvalidInput('"url" is no path') from None
        if root not in directory.parents:
            raise InvalidInput(f'"url" must lie below {root}')
        if not exists:
            raise InvalidInput('"url" must be a directory that exists')
        return directory

    def _unload(self, name: str) -> Answered:
        # What is being answered keeps its model until it is done.
        served = self._models.pop(name)
        self._urls.pop(name)
        _log.info("unloaded model %s", name)
        return asyncio.get_running_loop().run_in_executor(self._loaders, _forget, served)


def _forget(served: ServedModel) -> Response:
    _close(served.model)
    del served
    give_back()
    return Response(200, b"{}")


def _close(model: Any) -> None:
    close = getattr(model.estimator, "close", None)
    if close is not None:
        close()


def _read_order(body: bytes) -> tuple[str, str]:
    order = parse_json(body)
    if not isinstance(order, dict) or not all(isinstance(order.get(key), str) for key in ("model_name", "url")):
        raise InvalidInput('Send {"model_name": "...", "url": "..."}')
    if not _NAME.fullmatch(order["model_name"]):
        raise InvalidInput('"model_name" must be 1 to 256 letters, digits, dots, underscores or hyphens')
    if "\0" in order["url"] or len(order["url"]) > 4096 or not order["url"].isprintable():
        raise InvalidInput('"url" is no path')
    return order["model_name"], order["url"]


def _json(content: Any) -> Response:
    return Response(200, orjson.dumps(content))
