"""Several worker processes: loads the model once, forks them from it, starts again those that die.

The supervisor has no event loop and no threads, so that it can fork at any time, and as PID 1 it reaps whatever
is orphaned. Pages of the model are shared by all until somebody writes to them.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import mmap
import os
import select
import signal
import socket
import time
import traceback
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from inference_server.metrics.counts import Metrics
from inference_server.model_error import ModelError
from inference_server.process.listen import BACKLOG
from inference_server.process.worker import Process, run_porter, run_worker
from inference_server.settings import Settings

if TYPE_CHECKING:
    from inference_server.model import Model

# SageMaker sends SIGKILL 30 s after SIGTERM; the workers drain for 20 s of them.
PATIENCE_SECONDS = 24
# A worker that dies more often than this within ten minutes stays dead, and /ping says so.
MAX_RESTARTS = 5
RESTARTS_WITHIN_SECONDS = 600

_log = logging.getLogger("inference_server")


class Supervisor:
    """Runs one worker on each socket, of which only the first listens yet."""

    def __init__(self, settings: Settings, sockets: list[socket.socket]) -> None:
        self._settings = settings
        self._sockets: dict[int, socket.socket] = dict(enumerate(sockets))
        self._workers: dict[int, int] = {}  # pid -> number
        self._deaths: dict[int, deque[float]] = {number: deque() for number in self._sockets}
        self._stopping = False
        # One byte that all processes see: whether a worker has died for good.
        self._failed = mmap.mmap(-1, 1)
        # Ends when the supervisor does, in whatever way.
        self._life_read, self._life_write = os.pipe()
        # One byte for each worker that may begin.
        self._begin_read, self._begin_write = os.pipe()
        self._begun = False
        # One byte from each worker that could serve.
        self._prepared_read, self._prepared_write = os.pipe()
        self._model: Model
        self._metrics: Metrics

    def run(self) -> int:
        """Return the exit status: 0 after SIGTERM, 1 when the model cannot be served."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop_loading)
        started = time.monotonic()
        self._porter = porter = self._fork(lambda: run_porter(self._process_on(self._sockets[0])))
        if not self._load():
            self._end(porter)
            return 1
        wake = self._listen_to_signals()
        for number in self._sockets:
            self._start(number)
        if not self._await_prepared(wake):
            self._end(porter)
            return self._leave(wake)
        # From here on nobody answers that the model is loading.
        self._end(porter)
        for one in self._sockets.values():
            one.listen(BACKLOG)
        os.write(self._begin_write, b"b" * len(self._sockets))
        self._begun = True
        _log.info("ready after %.2f s, with %d workers", time.monotonic() - started, len(self._sockets))
        while not self._stopping:
            select.select([wake], [], [], 60)
            self._reap(wake)
        return self._leave(wake)

    def _load(self) -> bool:
        from inference_server.load_model import load_model

        try:
            self._model = load_model(self._settings.model_directory, apart=True, trust=self._settings.trust)
        except ModelError as error:
            _log.error("the model cannot be served: %s", error)
            return False
        except Exception:
            _log.exception("the model cannot be served")
            return False
        if hasattr(self._model.estimator, "close"):
            # It lives in a child process; each worker begins one of its own.
            self._model.estimator.close()
        self._metrics = Metrics(self._model.class_names or (), len(self._sockets))
        # What is there now is never collected, so that the collector does not write to pages that all share.
        gc.collect()
        gc.freeze()
        return True

    def _stop_loading(self, *_: object) -> None:
        _log.info("Shutting down")
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._porter, signal.SIGKILL)
        _log.info("stopped")
        os._exit(0)

    def _listen_to_signals(self) -> int:
        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        return read

    def _stop(self, *_: object) -> None:
        if not self._stopping:
            _log.info("Shutting down")
        self._stopping = True

    def _fork(self, run: Callable[[], None]) -> int:
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            os.close(self._life_write)
            os.close(self._begin_write)
            run()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            logging.shutdown()
            os._exit(status)

    def _start(self, number: int) -> None:
        def run() -> None:
            for other, one in self._sockets.items():
                if other != number:
                    one.close()
            self._metrics.use_part(number)
            run_worker(self._process_on(self._sockets[number]), self._model, self._metrics, self._await_begin)

        self._workers[self._fork(run)] = number

    def _await_begin(self) -> bool:
        """Say, in a worker, that it could serve; wait until it may. False where the supervisor is gone."""
        os.write(self._prepared_write, b"p")
        return os.read(self._begin_read, 1) != b""

    def _process_on(self, listener: socket.socket) -> Process:
        return Process(self._settings, listener, self._failed, self._life_read, len(self._deaths))

    def _await_prepared(self, wake: int) -> bool:
        """Wait until every worker could serve; False where one never will, or the process is to stop."""
        prepared = 0
        while prepared < len(self._sockets) and not self._stopping and not self._failed[0]:
            ready, _, _ = select.select([wake, self._prepared_read], [], [])
            if self._prepared_read in ready:
                prepared += len(os.read(self._prepared_read, 1024))
            self._reap(wake)
        return prepared >= len(self._sockets) and not self._stopping

    def _reap(self, wake: int) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(wake, 4096)
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                pid, status = found
                if pid in self._workers and not self._stopping:
                    self._replace(self._workers.pop(pid), pid, os.waitstatus_to_exitcode(status))
                else:
                    self._workers.pop(pid, None)

    def _replace(self, number: int, pid: int, status: int) -> None:
        how = f"signal {-status}" if status < 0 else f"status {status}"
        now = time.monotonic()
        deaths = self._deaths[number]
        deaths.append(now)
        while deaths[0] < now - RESTARTS_WITHIN_SECONDS:
            deaths.popleft()
        if len(deaths) <= MAX_RESTARTS:
            _log.error("worker %d (process %d) died: %s; it is started again", number, pid, how)
            if self._begun:
                os.write(self._begin_write, b"b")
            self._start(number)
            return
        _log.error("worker %d (process %d) died for good: %s, %d times in ten minutes", number, pid, how, len(deaths))
        self._failed[0] = 1
        if self._workers:
            # New connections go to the others.
            self._sockets.pop(number).close()
            return
        # Somebody must say so.
        self._workers[self._fork(lambda: run_porter(self._process_on(self._sockets[number])))] = number

    def _end(self, pid: int) -> None:
        """End a process of ours, and wait for it."""
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 2
        while time.monotonic() < deadline:
            with contextlib.suppress(ChildProcessError):
                if os.waitpid(pid, os.WNOHANG)[0] == 0:
                    time.sleep(0.005)
                    continue
            return
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def _leave(self, wake: int) -> int:
        stopped = self._stopping
        self._stopping = True
        for pid in self._workers:
            os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._workers and time.monotonic() < deadline:
            select.select([wake], [], [], 0.2)
            self._reap(wake)
        for pid in self._workers:
            os.kill(pid, signal.SIGKILL)
        _log.info("stopped")
        return 0 if stopped else 1
