"""Python imports this at its start where the folder is on the path: WATCH_LOG gets what the process does outwards."""

from __future__ import annotations

import os
import sys

_LOG = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
_EVENTS = (
    "os.system", "os.exec", "os.posix_spawn", "os.startfile", "os.kill", "os.remove", "os.rename", "os.rmdir",
    "os.mkdir",
    "os.chmod", "os.link", "os.symlink", "os.truncate", "subprocess.Popen", "pty.spawn", "shutil.", "socket.connect",
    "socket.sendto", "urllib.", "ftplib.", "smtplib.", "imaplib.", "webbrowser.", "ctypes.dlopen", "marshal.loads",
    "sqlite3.connect", "tempfile.",
)  # fmt: skip


def _note(event: str, arguments: tuple) -> None:
    writes = event == "open" and (
        not set(arguments[1]) <= set("rbtU") if isinstance(arguments[1], str) else bool((arguments[2] or 0) & 3)
    )
    if writes or event.startswith(_EVENTS):
        # Python's own import of a module is no marshal of a stranger's.
        if event == "marshal.loads" and sys._getframe(1).f_code.co_filename.startswith("<frozen importlib"):
            return
        os.write(_LOG, f"{event} {arguments!r}"[:500].encode(errors="replace") + b"\n")


sys.addaudithook(_note)
