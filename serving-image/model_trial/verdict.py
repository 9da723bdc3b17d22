"""From what came of each model to what the step returns; ``TrialOutputSchema`` of the contract says the same in zod."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from model_trial.golden_match import golden_mismatches

_SHOWN_MISMATCHES = 10
_MOST_CHARACTERS = 1000
# Of the whole cause, as UTF-8: MAXIMUM_CAUSE_BYTES of the contract.
_MOST_CAUSE_BYTES = 3000


@dataclass(frozen=True)
class Tried:
    """What came of one model.

    ``problems``: place and message. ``untried``: what kept it from being tried. ``skipped``: why it was not to
    be tried. ``golden``: how many cases were right.
    """

    problems: tuple[tuple[str, str], ...] = ()
    untried: str | None = None
    skipped: str | None = None
    golden: int = 0


def judge(said: dict[str, Any], cases: Sequence[dict[str, Any]], target: str) -> Tried:
    """Judge what the child said: only the server's own refusal and a wrong golden answer speak against a model.

    ``target``: of the image that is to serve it, ``full`` or ``lite``.
    """
    if "refused" in said or ("needsFull" in said and target == "lite"):
        return Tried(problems=(("model", str(said.get("refused") or said["needsFull"])[:_MOST_CHARACTERS]),))
    if "needsFull" in said:
        return Tried(skipped="It needs scikit-learn or onnxruntime, which the image has and a trial has not.")
    answers = said.get("answers")
    if not isinstance(answers, list) or len(answers) != len(cases):
        return Tried(
            untried=str(said.get("untried") or "The process that loaded it gave no answers.")[:_MOST_CHARACTERS]
        )
    wrong = [
        (case["name"], mismatches)
        for case, answer in zip(cases, answers, strict=True)
        if (mismatches := golden_mismatches(case, int(answer["status"]), str(answer["body"])))
    ]
    told = [f'Golden case "{name}": {each}.' for name, mismatches in wrong for each in mismatches]
    return Tried(
        problems=tuple(("golden answers", each[:_MOST_CHARACTERS]) for each in told[:_SHOWN_MISMATCHES]),
        golden=len(cases) - len(wrong),
    )


def trial_output(tried: Sequence[tuple[str | None, Tried]]) -> dict[str, Any]:
    """Return the step's output; each model with the variant's name, where there are several."""
    problems = [
        {"where": where if name is None else f"variant {name}: {where}", "message": message}
        for name, one in tried
        for where, message in one.problems
    ]
    skipped = [_of(name, one.skipped) for name, one in tried if one.skipped is not None]
    untried = [_of(name, one.untried) for name, one in tried if one.untried is not None]
    verdict = "rejected" if problems else "untried" if untried else "skipped" if skipped else "passed"
    return {
        "verdict": verdict,
        "problems": problems,
        "goldenCases": sum(one.golden for _, one in tried),
        "untried": untried,
        "skipped": skipped,
        "failure": _failure(problems) if problems else None,
    }


def _of(name: str | None, reason: str) -> str:
    return reason if name is None else f"Variant {name}: {reason}"


def _failure(problems: Sequence[dict[str, str]]) -> dict[str, str]:
    """As ``lambdas/core/archive/rejection.ts`` words it."""
    count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
    lines = [f"Rejected for {count}:", *(f"- {each['where']}: {each['message']}" for each in problems)]
    cause = "\n".join(lines).encode()[:_MOST_CAUSE_BYTES].decode(errors="ignore")
    return {"Error": "RequestRejected", "Cause": cause}
