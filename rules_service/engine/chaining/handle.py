"""The one way in which this project drives durable_rules' C engine.

The engine's state is memory without bounds checks, and the order of calls decides whether it stays whole:
a state node is usable only after one action has been completed in it (else deleting it frees garbage), and
retracting facts of a join corrupts it. So each handle fires a boot rule once, each run deletes its whole
state, and nothing is ever retracted. The background threads of `durable.engine.Host` are never started.
"""

import contextlib
from collections.abc import Callable, Iterable

import durable_rules_engine
import orjson

from rules_service.engine.chaining.compile import BOOT_FACT, SID

RULESET = "chain"

Fired = tuple[str, dict[str, dict[str, int | str]]]


class EngineFailedError(Exception):
    """The engine failed inside; the input is not to blame and the next run gets a fresh handle."""


class EngineHandle:
    """A program made in the engine. Not for use by two threads at a time."""

    def __init__(self, engine_json: str) -> None:
        try:
            self._handle = durable_rules_engine.create_ruleset(RULESET, engine_json)
            self._boot()
        except durable_rules_engine.error as error:
            raise EngineFailedError(str(error)) from error

    def _boot(self) -> None:
        # INVARIANT: an action is completed before the first delete_state: only that initialises the node.
        _, state = durable_rules_engine.assert_fact(self._handle, BOOT_FACT)
        durable_rules_engine.start_action_for_state(self._handle, state)
        durable_rules_engine.complete_and_start_action(self._handle, state)
        durable_rules_engine.delete_state(self._handle, SID)

    def run(self, facts: Iterable[str], conclude: Callable[[Fired], str | None]) -> None:
        """Fires all that follows from the facts; `conclude` hears of each firing and may give a further fact.

        An exception of `conclude` ends the run and leaves the handle as good as before.
        """
        try:
            self._run(facts, conclude)
        except durable_rules_engine.error as error:
            raise EngineFailedError(str(error)) from error

    def _run(self, facts: Iterable[str], conclude: Callable[[Fired], str | None]) -> None:
        state: int | None = None
        try:
            for fact in facts:
                _, state = durable_rules_engine.assert_fact(self._handle, fact)
            if state is None:
                return
            started = durable_rules_engine.start_action_for_state(self._handle, state)
            fired = started[1] if started else None
            while fired:
                ((rule, bound),) = orjson.loads(fired).items()
                if (derived := conclude((rule, bound))) is not None:
                    durable_rules_engine.assert_fact(self._handle, derived)
                fired = durable_rules_engine.complete_and_start_action(self._handle, state)
        finally:
            # INVARIANT: no state outlives its run, and a state exists exactly when an assert came back.
            if state is not None:
                durable_rules_engine.delete_state(self._handle, SID)

    def close(self) -> None:
        """Gives the program's memory back; the handle is not used again."""
        with contextlib.suppress(durable_rules_engine.error):
            durable_rules_engine.delete_ruleset(self._handle)
