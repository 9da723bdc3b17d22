"""What one caller, and all of them together, may ask of the HTTP side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class HttpLimits:
    """Bytes, seconds and counts."""

    # The most that SageMaker lets through: 6 MiB.
    body_bytes: int = 6_291_456
    # Bodies of all connections that are arriving, waiting or being answered.
    held_bytes: int = 268_435_456
    # Containers have 1,024 open files by default.
    connections: int = 900
    # A head comes in one packet; a body of 6 MiB at 1 Mbit/s takes 50 s.
    head_seconds: float = 10
    body_seconds: float = 60
    # Longer than the proxies before us keep a connection: whoever closes first should be them.
    idle_seconds: float = 75
    # Without a byte taken by the caller.
    write_seconds: float = 60
    # After the last answer: what may still arrive before the socket is closed.
    linger_seconds: float = 3
    dropped_bytes: int = 50_331_648
