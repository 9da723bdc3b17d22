"""onnxruntime, imported here and nowhere else: it reports to its maker unless it is told before that it must not.

Since 1.29 its import on Linux writes a session id into the temporary directory, a device id and a database into the
cache of the user, and looks for the collector of its maker. ``disable_telemetry_events`` comes too late for that.
https://github.com/microsoft/onnxruntime/blob/main/docs/Privacy.md
"""

from __future__ import annotations

import os
from types import ModuleType

# Read once, when the library is loaded. Not a default: whoever runs the server has asked for nothing else.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"


def import_onnxruntime() -> ModuleType:
    """Return the module. Raises ``ImportError`` where it is not installed."""
    import onnxruntime

    return onnxruntime
