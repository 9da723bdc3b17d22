"""A Lambda runtime for the Python function of the local cloud; the twin of bootstrap.mjs.

MiniStack's own Python workers run in the Python of MiniStack, which has none of the function's packages.
https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html

Usage: bootstrap.py SITE_PACKAGES, where botocore is, as Lambda's runtime has it.
"""

import importlib
import json
import os
import sys
import time
import traceback
import urllib.error
import urllib.request

_API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"


class Context:
    """As much of it as functions ask for."""

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline - int(time.time() * 1000))


def post(path, value):
    body = json.dumps(value).encode()
    urllib.request.urlopen(urllib.request.Request(f"{_API}/{path}", body)).read()


def described(error):
    traceback.print_exc()
    return {"errorType": type(error).__name__, "errorMessage": str(error), "trace": traceback.format_exc().split("\n")}


def main():
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    sys.path.append(sys.argv[1])
    module, name = os.environ["_HANDLER"].rsplit(".", 1)
    try:
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    except Exception as error:
        post("init/error", described(error))
        sys.exit(1)
    while True:
        try:
            event = urllib.request.urlopen(f"{_API}/invocation/next")
        except (urllib.error.URLError, ConnectionError):
            return  # The Runtime API is gone, and with it the environment.
        context = Context(event.headers)
        try:
            result = handler(json.load(event), context)
        except Exception as error:
            post(f"invocation/{context.aws_request_id}/error", described(error))
        else:
            post(f"invocation/{context.aws_request_id}/response", result)


main()
