"""Docker's health check without curl: exit status 0 when /ping answers 200, else 1."""

from __future__ import annotations

import http.client
import os
import sys


def is_healthy(port: int) -> bool:
    """Ask /ping on this machine, with the 2 s that SageMaker gives it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/ping")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(int(os.environ.get("SAGEMAKER_BIND_TO_PORT", "8080"))) else 1)
