"""Asks questions in the middle of other questions, as threads do: each gets its own answer.

Wherever Python is run on the way of one question, another thread may come in, and ask, and begin anew what is
kept. Here that is done in one thread, at calls that a seed picks: so it happens often, and again.
"""

import random
import sys
from types import FrameType

from rules_service.commands.said import said_of
from rules_service.commands.writers import made_for
from rules_service.engine.chaining.engine import ChainEngine
from rules_service.engine.keeping import Kept
from rules_service.language.types import ValueType
from tests.fuzz import running

QUESTIONS = 20
INTERRUPTED = 0.01
# What is called between a look at what is kept and the keeping: a race is there or nowhere.
CRITICAL = {one.__code__ for one in (Kept.keep, ValueType.from_json, said_of)}
INTERRUPTED_THERE = 0.3
FORGOTTEN = 0.3
# Another thread would wait there for the lock.
LOCKED = ChainEngine.run_checked.__code__


def ask_interrupted(chance: random.Random) -> int:
    """How often a question came into another; AssertionError with one that was answered wrongly."""
    # Of one ruleset in one view: these share what is kept.
    name, view = chance.choice(running.timeless()), chance.choice((1, 2, 3))
    questions = [running.spoilt_bytes(chance, name, view) for _ in range(QUESTIONS)]
    expected = [running.told_by_message(raw) for raw in questions]
    made = made_for(running.rulebook())
    readers = [made.facts, *made.beside.values()]
    interrupted = 0

    def ask(number: int) -> None:
        if running.told_by_bytes(questions[number]) != expected[number]:
            raise AssertionError(questions[number])

    def interrupt(frame: FrameType, *_: object) -> None:
        nonlocal interrupted
        likely = INTERRUPTED_THERE if frame.f_code in CRITICAL else INTERRUPTED
        if chance.random() >= likely or _is_locked(frame):
            return
        interrupted += 1
        if chance.random() < FORGOTTEN:
            chance.choice(readers).forget()
        ask(chance.randrange(QUESTIONS))

    # Each twice: what was kept for it meanwhile must be its own.
    for number in chance.sample([*range(QUESTIONS)] * 2, 2 * QUESTIONS):
        sys.setprofile(interrupt)
        try:
            ask(number)
        finally:
            sys.setprofile(None)
    return interrupted


def _is_locked(frame: FrameType | None) -> bool:
    while frame is not None and frame.f_code is not LOCKED:
        frame = frame.f_back
    return frame is not None
