"""Step Functions' callback states, where MiniStack 1.5.33 plays them otherwise than AWS does.

It ignores TimeoutSecondsPath, counts a callback's timeout in real time beside waits that are scaled, swallows the error of the
function that is given the token, hands the same token to each try, and takes answers for executions that have ended.

https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
"""

import contextvars
import json
import threading
import time
from functools import partial

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

SUFFIX = ".waitForTaskToken"
# How soon the thread of an execution that was stopped learns of it; nobody waits for that.
LOOK_SECONDS = 1.0
LARGEST_OUTPUT_BYTES = 262_144


class Callback:
    """One try of a callback state. It ends by the first of: an answer, an error of its function, its time, its execution's end."""

    def __init__(self, execution: dict):
        self.execution = execution
        self.ended = threading.Event()
        self.output = None
        self.failure = None
        self._lock = threading.Lock()

    def is_open(self) -> bool:
        return not self.ended.is_set() and self.execution["status"] == "RUNNING"

    def end(self, output=None, failure=None) -> bool:
        """False where it had ended before."""
        with self._lock:
            if not self.is_open():
                return False
            self.output, self.failure = output, failure
            self.ended.set()
            return True


# By token, open and ended: a cloud lives for hours, and AWS keeps those of ninety days.
callbacks: dict[str, Callback] = {}
# What `_execute_task` is at, for what it calls without saying so; each execution and each branch has a thread of its own.
current = threading.local()


def seconds_of(state: dict, data) -> float:
    """The timeout of a state, as it passes here: scaled like its waits. https://states-language.net/spec.html#task-state"""
    seconds = state.get("TimeoutSeconds", 99_999_999)
    path = state.get("TimeoutSecondsPath")
    if path is not None:
        seconds = stepfunctions._resolve_path(path, data)
        if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds <= 0:
            raise stepfunctions._ExecutionError("States.Runtime", f"{path} leads to {json.dumps(seconds)}, which is no time")
    return seconds * stepfunctions._SFN_WAIT_SCALE


def invoke_with_callback(resource: str, parameters: dict, token: str, state: dict):
    """In place of MiniStack's own, for functions."""
    wait = Callback(current.execution)
    callbacks[token] = wait
    until = time.monotonic() + seconds_of(state, current.data)
    function = stepfunctions._resolve_lambda_function_ref(parameters.get("FunctionName", ""), optimized=True)

    def invoke() -> None:
        try:
            # What it returns ends nothing.
            stepfunctions._call_lambda(function, parameters.get("Payload"))
        except stepfunctions._ExecutionError as error:
            wait.end(failure=error)

    # A thread does not inherit the account and region of its maker.
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(invoke,), daemon=True).start()
    while not wait.ended.wait(max(0.0, min(LOOK_SECONDS, until - time.monotonic()))):
        if wait.execution["status"] != "RUNNING":
            # The loop over the states ends by itself, and what this try came to is written nowhere else.
            return {}
        if time.monotonic() >= until:
            timeout = stepfunctions._ExecutionError("States.Timeout", "")
            wait.end(failure=timeout)
    if wait.failure is not None:
        raise wait.failure
    return wait.output


def answer(data: dict, act, otherwise):
    """The answer to a call with a token. `act` ends the callback, or only looks at it; `otherwise` knows the tokens of activities."""
    token = data.get("taskToken")
    wait = callbacks.get(token)
    if wait is None:
        if stepfunctions._task_tokens.get(token):
            return otherwise(data)
        return error_response_json("InvalidToken", "Invalid Token: 'Invalid token'", 400)
    if not wait.is_open() or act(wait) is False:
        return error_response_json("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'", 400)
    return json_response({})


def send_task_success(data: dict, otherwise):
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html"""
    output = data.get("output")
    if not isinstance(output, str) or len(output.encode()) > LARGEST_OUTPUT_BYTES:
        return error_response_json("ValidationException", f"output has at most {LARGEST_OUTPUT_BYTES} bytes", 400)
    try:
        parsed = json.loads(output)
    except ValueError:
        return error_response_json("InvalidOutput", "Invalid Output: 'The provided JSON output data is not valid.'", 400)
    return answer(data, lambda wait: wait.end(output=parsed), otherwise)


def send_task_failure(data: dict, otherwise):
    """https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskFailure.html"""
    failure = stepfunctions._ExecutionError(data.get("error") or "States.TaskFailed", data.get("cause") or "")
    return answer(data, lambda wait: wait.end(failure=failure), otherwise)


def send_task_heartbeat(data: dict, otherwise):
    """It says no more than whether somebody waits: MiniStack knows no HeartbeatSeconds."""
    return answer(data, lambda wait: None, otherwise)


def play_callbacks_as_aws_does(require) -> None:
    for name in (
        "_call_lambda",
        "_resolve_path",
        "_resolve_lambda_function_ref",
        "_ExecutionError",
        "_SFN_WAIT_SCALE",
        "_task_tokens",
    ):
        require(stepfunctions, name)
    execute_task = require(stepfunctions, "_execute_task")
    apply_parameters = require(stepfunctions, "_apply_parameters")
    with_callback = require(stepfunctions, "_invoke_with_callback")

    def execute_known_task(state, data, execution, context):
        current.execution, current.data = execution, data
        return execute_task(state, data, execution, context)

    def apply_parameters_of_try(state, data, context=None):
        """Called once for each try: its token is its own."""
        if str(state.get("Resource", "")).endswith(SUFFIX) and "Task" in (context or {}):
            context["Task"]["Token"] = stepfunctions.new_uuid()
        return apply_parameters(state, data, context)

    def invoke(resource, parameters, token, state):
        of_function = "states:::lambda:invoke" in resource
        return (invoke_with_callback if of_function else with_callback)(resource, parameters, token, state)

    stepfunctions._execute_task = execute_known_task
    stepfunctions._apply_parameters = apply_parameters_of_try
    stepfunctions._invoke_with_callback = invoke
    for name, replaced in {
        "_send_task_success": send_task_success,
        "_send_task_failure": send_task_failure,
        "_send_task_heartbeat": send_task_heartbeat,
    }.items():
        setattr(stepfunctions, name, partial(replaced, otherwise=require(stepfunctions, name)))
