"""What durable_rules dies of when driven plainly, and that our way of driving it does not come there."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rules_service.engine.chaining import compile_program, open_engine, try_out
from rules_service.language.chain_rules import (
    ChainProgram,
    ChainRule,
    FactKind,
    FieldTest,
    FieldType,
    FindingConclusion,
    Pattern,
)
from service_kit.problems import RefusedError

HERE = Path(__file__).parent
HANGS_AFTER_SECONDS = 3.0
FILL_FREED_MEMORY = {"MALLOC_PERTURB_": "165"}


def child(script: str, *arguments: str, limit: float) -> subprocess.CompletedProcess[str]:
    """Runs a script to its end; a child over its time limit is killed and TimeoutExpired raised."""
    return subprocess.run(
        [sys.executable, str(HERE / script), *arguments],
        env={**os.environ, **FILL_FREED_MEMORY, "PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        text=True,
        timeout=limit,
        check=False,
    )


def comparing_with(constants: int) -> ChainProgram:
    rules = [
        ChainRule(f"r{n}", (Pattern("m", "event", (FieldTest("code", "=", n),)),), FindingConclusion("f", {}))
        for n in range(constants)
    ]
    return ChainProgram((FactKind("event", {"code": FieldType.INT}),), tuple(rules))


def test_the_plain_engine_runs_with_511_constants_and_hangs_with_512() -> None:
    assert child("plain_engine.py", "constants", "511", limit=60).stdout == "begun\nended\n"
    with pytest.raises(subprocess.TimeoutExpired) as hanging:
        child("plain_engine.py", "constants", "512", limit=HANGS_AFTER_SECONDS)
    assert hanging.value.stdout == b"begun\n"


def test_ours_refuses_many_constants_before_the_engine_sees_them() -> None:
    with pytest.raises(RefusedError, match="最多 256 个"):
        open_engine(comparing_with(499))


def test_a_program_that_hangs_the_engine_costs_the_trials_child_and_nothing_more() -> None:
    problems = try_out(compile_program(comparing_with(512)), time_limit_seconds=HANGS_AFTER_SECONDS)
    assert [problem.code for problem in problems] == ["CHAIN_TRIAL_TIMED_OUT"]


def test_the_plain_engine_dies_when_a_state_is_deleted_without_a_completed_action() -> None:
    died = child("plain_engine.py", "no_boot", "0", limit=60)
    assert died.stdout == "begun\n"
    assert died.returncode in (-signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS)


def test_ours_survives_states_without_a_completed_action_and_false_last_joins() -> None:
    survived = child("our_engine.py", limit=60)
    assert survived.stdout == "3000 firings\n", survived.stderr
    assert survived.returncode == 0
