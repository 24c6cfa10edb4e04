"""A minute of the fuzzing that `python -m tests.fuzz` does for hours."""

import random
from pathlib import Path

import pytest

from tests.fuzz import chaining, interrupting, running


@pytest.mark.parametrize("seed", range(24))
def test_spoilt_rulesets_give_findings_and_nothing_else(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    for _ in range(40):
        running.spoilt_ruleset(chance, tmp_path)
    assert running.spoiling.shipped(running.RULESETS)


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_questions_are_answered_or_refused_and_nothing_else(seed: int) -> None:
    chance = random.Random(seed)
    answered = [running.ask(running.spoilt_question(chance)) for _ in range(1500)]
    assert any(answered)
    assert not all(answered)


@pytest.mark.parametrize("seed", range(4))
def test_spoilt_bytes_are_answered_as_the_message_that_they_make(seed: int) -> None:
    chance = random.Random(seed)
    answered = [running.ask_by_bytes(running.spoilt_bytes(chance)) for _ in range(2500)]
    assert any(answered)
    assert not all(answered)


def test_a_question_that_another_comes_into_is_answered_as_one_alone() -> None:
    assert sum(interrupting.ask_interrupted(random.Random(seed)) for seed in range(10)) > 100


def test_chained_rules_say_what_the_plain_interpreter_says_and_joins_fire() -> None:
    done = chaining.fuzz(asserts=5000, seed=1, seconds=60)
    assert done["asserts"] >= 5000
    assert done["joins fired"] > 1000
