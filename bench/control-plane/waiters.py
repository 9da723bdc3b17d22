"""Waits for endpoints with one of the field's own waiters, unchanged, and writes down when each wait returned.

    python waiters.py WAITER SCALE

reads names of endpoints from stdin, one per line, until it is closed; each gets a process of its own, forked from this
one, which has everything imported already. stdout carries JSON lines: first the version of what waits, then for each
endpoint {"endpoint", "startedAt", "lookedAt", "seenAt", "sleeps"}, in seconds since 1970, or {"endpoint", "error"}.
SCALE multiplies every sleep.
"""

import json
import os
import signal
import sys
import time
from importlib.metadata import version


def boto3_waiter():
    """botocore's EndpointInService: 30 s, 120 times."""
    import boto3

    waiter = boto3.client("sagemaker").get_waiter("endpoint_in_service")
    return lambda name: waiter.wait(EndpointName=name), {"boto3": version("boto3")}


def sdk_session():
    """The SageMaker Python SDK's session, which version 3 keeps in sagemaker-core: 30 s."""
    import boto3
    from sagemaker.core.helper.session_helper import Session

    # The clients are given, or it would make one for each service that it knows.
    boto_session = boto3.Session()
    session = Session(boto_session=boto_session, sagemaker_client=boto_session.client("sagemaker"))
    return session.wait_for_endpoint, {"sagemaker-core": version("sagemaker-core")}


def core_endpoint():
    """sagemaker-core's resource: 5 s."""
    from sagemaker.core.resources import Endpoint

    # The client is made once and kept for the process; the forked ones have it from here.
    Endpoint.get_sagemaker_client()
    return (
        lambda name: Endpoint(endpoint_name=name).wait_for_status("InService"),
        {"sagemaker-core": version("sagemaker-core")},
    )


WAITERS = {"boto3Waiter": boto3_waiter, "sdkSession": sdk_session, "coreEndpoint": core_endpoint}


class Sleeps:
    """Stands in for time.sleep: scales, and remembers when the last one ended, which is when the next look began."""

    def __init__(self, scale: float):
        self._sleep = time.sleep
        self._scale = scale
        self.count = 0
        self.ended_at = time.time()

    def __call__(self, seconds: float) -> None:
        self._sleep(seconds * self._scale)
        self.count += 1
        self.ended_at = time.time()


def wait(name: str, waiter, sleeps: Sleeps) -> dict:
    started_at = sleeps.ended_at = time.time()
    try:
        waiter(name)
    except Exception as error:  # noqa: BLE001 - whatever a waiter throws is its result
        return {"endpoint": name, "error": f"{type(error).__name__}: {error}"}
    return {
        "endpoint": name,
        "startedAt": started_at,
        "lookedAt": sleeps.ended_at,
        "seenAt": time.time(),
        "sleeps": sleeps.count,
    }


def main() -> None:
    kind, scale = sys.argv[1], float(sys.argv[2])
    # The waiters print; their output must not mix with ours.
    results = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sleeps = Sleeps(scale)
    waiter, versions = WAITERS[kind]()
    # After the imports, whose own sleeps are nobody's. All three call it as time.sleep.
    time.sleep = sleeps

    def tell(message: dict) -> None:
        # One write of less than 4096 bytes stays whole, whoever else writes: pipe(7).
        os.write(results, f"{json.dumps(message)[:4000]}\n".encode())

    tell({"versions": versions})
    # Those that have ended leave nothing behind, though nobody waits for them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        name = line.strip()
        if os.fork() == 0:
            tell(wait(name, waiter, sleeps))
            os._exit(0)
    try:
        os.wait()
    except ChildProcessError:
        # All have ended: the signal being ignored, the call returns no sooner.
        return


if __name__ == "__main__":
    main()
