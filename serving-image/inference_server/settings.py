"""Settings of the server, read once from the environment."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

# What SageMaker lets through to a real-time endpoint: 6 MiB. Batch transform may be allowed up to 100 MB.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html
MAX_BODY_BYTES = 6_291_456


class InvalidSettings(Exception):
    """The environment holds values that the server cannot use; lists all of them."""


@dataclass(frozen=True)
class Settings:
    """Where to listen, where the model lies, and how much is taken at once.

    ``port`` 0 asks the system for a free one, which the log then names. ``workers`` predict at the same time;
    ``max_waiting`` is how many requests may wait for one of them. ``model_name`` is what the Open Inference
    Protocol and metrics call the model. ``trust`` is the digest of the only files that may run code of their own.
    ``max_models`` and ``max_memory_bytes`` (of the whole process, 0 for what the machine has) bound a multi-model
    endpoint, whose models lie below ``model_directory``.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    model_directory: Path = Path("/opt/ml/model")
    workers: int = 1
    max_waiting: int = 256
    max_body_bytes: int = MAX_BODY_BYTES
    request_seconds: int = 60
    default_accept: str = ""
    log_level: int = logging.INFO
    model_name: str = "model"
    trust: str | None = None
    multi_model: bool = False
    max_models: int = 1000
    max_memory_bytes: int = 0
    emf: bool = False

    @property
    def processes(self) -> int:
        """How many processes the workers are. On a multi-model endpoint one, where they are threads.

        There, a model is loaded by a request, which reaches one process. And only Linux shares out connections.
        """
        return 1 if self.multi_model or sys.platform != "linux" else self.workers

    @property
    def threads(self) -> int:
        """How many threads predict in each process."""
        return self.workers if self.processes == 1 else 1

    @property
    def max_payload_mb(self) -> int:
        """The largest body in whole megabytes, as batch transform counts them."""
        return self.max_body_bytes // 1_048_576


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read ``INFERENCE_SERVER_HOST``, ``SM_MODEL_DIR`` and what SageMaker and its toolkits set (README.md).

    The host defaults to the loopback address, so that a plain process is not open to the network;
    the image sets 0.0.0.0. Port and directory default to what SageMaker uses:
    https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
    """
    problems: list[str] = []

    def whole(name: str, default: int, least: int, most: int, what: str) -> int:
        text = environment.get(name, str(default))
        if text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most:
            return int(text)
        problems.append(f"{name} is {text[:40]!r}; {what} is a number from {least} to {most}.")
        return default

    def flag(name: str) -> bool:
        text = environment.get(name, "false")
        if text.lower() not in ("true", "false"):
            problems.append(f"{name} is {text[:40]!r}; it must be true or false.")
        return text.lower() == "true"

    multi_model = flag("SAGEMAKER_MULTI_MODEL")
    settings = Settings(
        host=environment.get("INFERENCE_SERVER_HOST", "127.0.0.1"),
        port=whole("SAGEMAKER_BIND_TO_PORT", 8080, 0, 65535, "a port"),
        model_directory=Path(environment.get("SM_MODEL_DIR", "/opt/ml/models" if multi_model else "/opt/ml/model")),
        workers=whole("SAGEMAKER_MODEL_SERVER_WORKERS", _count_processors(), 1, 1024, "the number of workers"),
        max_body_bytes=whole("SAGEMAKER_MAX_PAYLOAD_IN_MB", 6, 1, 100, "the largest payload in MB") * 1_048_576,
        request_seconds=whole("SAGEMAKER_MODEL_SERVER_TIMEOUT", 60, 1, 3600, "the timeout in seconds"),
        default_accept=environment.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", ""),
        multi_model=multi_model,
        max_models=whole("INFERENCE_SERVER_MAX_MODELS", 1000, 1, 100_000, "the number of models"),
        max_memory_bytes=whole("INFERENCE_SERVER_MAX_MEMORY_MB", 0, 0, 10_000_000, "the memory in MB") * 1_048_576,
        emf=flag("INFERENCE_SERVER_EMF"),
        model_name=environment.get("INFERENCE_SERVER_MODEL_NAME", "model"),
        # Set by the deployer at CreateModel alone; requests cannot set names that begin with SAGEMAKER_.
        trust=environment.get("SAGEMAKER_DEPLOYER_TRUST"),
        # The toolkits write Python's numbers here: 10 is DEBUG, 20 INFO.
        log_level=whole("SAGEMAKER_CONTAINER_LOG_LEVEL", logging.INFO, 0, 50, "the log level"),
    )
    if settings.trust is not None and not re.fullmatch("[0-9a-f]{64}", settings.trust):
        problems.append("SAGEMAKER_DEPLOYER_TRUST must be a sha256: 64 hexadecimal digits.")
    if problems:
        raise InvalidSettings(" ".join(problems))
    return settings


def _count_processors() -> int:
    # Those that this process may use: a container may have been given some of the machine's.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
