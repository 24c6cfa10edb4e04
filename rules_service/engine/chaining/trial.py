"""Tries a new program in a child process, because the engine can hang on one while it holds the GIL.

A hang there costs the child; here it would cost the whole worker, beyond the reach of any exception.
"""

import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from rules_service.engine.chaining.compile import CompiledProgram
from rules_service.language.chain_rules import Fact, FieldType, Scalar
from service_kit.problems import Problem

CHILD = Path(__file__).with_name("trial_child.py")
TIME_LIMIT_SECONDS = 10.0
ALIKE: Mapping[FieldType, Scalar] = {
    FieldType.TEXT: "",
    FieldType.INT: 0,
    FieldType.BOOL: False,
    FieldType.DATE: date.min,
}
CURE = "请把规则拆成几个较小的规则集；如仍不行，请把规则集发给维护人员。"


def try_out(compiled: CompiledProgram, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> list[Problem]:
    """What goes wrong when the engine makes the program and runs it on two facts of each kind.

    A verdict is remembered for the life of the process by what the engine reads; a time-out is not, since
    a machine under load may answer differently next time.
    """
    try:
        ended_well = _ends_well(compiled.engine_json, _facts(compiled), time_limit_seconds)
    except subprocess.TimeoutExpired:
        message = f"规则引擎在 {time_limit_seconds:g} 秒内没有装好这些规则。"
        return [Problem("CHAIN_TRIAL_TIMED_OUT", "链式规则", message, CURE)]
    if not ended_well:
        return [Problem("CHAIN_TRIAL_FAILED", "链式规则", "规则引擎装不下这些规则。", CURE)]
    return []


def _facts(compiled: CompiledProgram) -> tuple[str, ...]:
    """Two facts of each kind that some rule needs, alike in every field, so that joins are worked out."""
    facts = [
        Fact(kind.name, {field: ALIKE[field_type] for field, field_type in kind.fields.items()})
        for kind in compiled.program.kinds
        if kind.name in compiled.kinds
    ]
    return tuple(compiled.fact_json(fact, number, {}) for number, fact in enumerate([*facts, *facts]))


@lru_cache(maxsize=1024)
def _ends_well(engine_json: str, facts: tuple[str, ...], time_limit_seconds: float) -> bool:
    child = subprocess.run(  # noqa: S603 - our interpreter and our file
        [sys.executable, "-I", str(CHILD)],
        input="\n".join((engine_json, *facts)),
        text=True,
        encoding="utf-8",
        capture_output=True,
        timeout=time_limit_seconds,
        check=False,
    )
    return child.returncode == 0
