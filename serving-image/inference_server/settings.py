"""Settings of the server, read once from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class InvalidSettings(Exception):
    """The environment holds values that the server cannot use; lists all of them."""


@dataclass(frozen=True)
class Settings:
    """Where to listen and where the model lies.

    ``port`` 0 asks the system for a free one, which the log then names.
    """

    host: str
    port: int
    model_directory: Path


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read ``INFERENCE_SERVER_HOST``, ``SAGEMAKER_BIND_TO_PORT`` and ``SM_MODEL_DIR``.

    The host defaults to the loopback address, so that a plain process is not open to the network;
    the image sets 0.0.0.0. Port and directory default to what SageMaker uses:
    https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
    """
    port = environment.get("SAGEMAKER_BIND_TO_PORT", "8080")
    if not (port.isascii() and port.isdigit() and int(port) <= 65535):
        raise InvalidSettings(f"SAGEMAKER_BIND_TO_PORT is {port[:40]!r}; a port is a number from 0 to 65535.")
    return Settings(
        host=environment.get("INFERENCE_SERVER_HOST", "127.0.0.1"),
        port=int(port),
        model_directory=Path(environment.get("SM_MODEL_DIR", "/opt/ml/model")),
    )
