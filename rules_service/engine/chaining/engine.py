"""Runs chained rules over the facts of one request."""

import threading
from collections.abc import Sequence

from rules_service.engine.chaining.admission import Admission
from rules_service.engine.chaining.candidates import Candidates
from rules_service.engine.chaining.compile import CompiledProgram, compile_program
from rules_service.engine.chaining.gathering import Gathering
from rules_service.engine.chaining.growth import JoinShape
from rules_service.engine.chaining.handle import EngineHandle
from rules_service.engine.chaining.preflight import preflight
from rules_service.engine.chaining.result import ChainResult
from rules_service.engine.chaining.trial import try_out
from rules_service.language.chain_rules import ChainProgram, Fact
from service_kit.problems import RefusedError

FIRING_LIMIT = 10_000
MOST_COMBINATIONS = 200_000


class ChainEngine:
    """A program ready to run.

    Threads may share it: a run holds its lock, which costs nothing, because the C engine never lets go of
    the GIL. A process that forks opens its engines after the fork.
    """

    def __init__(
        self,
        compiled: CompiledProgram,
        *,
        firing_limit: int = FIRING_LIMIT,
        most_combinations: int = MOST_COMBINATIONS,
    ) -> None:
        """Takes a program that passed `preflight` and `try_out`; see `open_engine`."""
        self.compiled = compiled
        self._admission = Admission(compiled.program)
        self._candidates = Candidates(compiled.program)
        self._shape = JoinShape(compiled.program, most_combinations)
        self._firing_limit = firing_limit
        self._lock = threading.Lock()
        self._handle: EngineHandle | None = None
        self._closed = False

    def check(self, facts: Sequence[Fact]) -> None:
        """RefusedError where there are too many facts or some is not of its kind, with all that is wrong."""
        self._admission.check(facts)

    def run(self, facts: Sequence[Fact]) -> ChainResult:
        """What follows from the facts.

        RefusedError where a fact is not of its kind, or where more follows than the limits allow;
        EngineFailedError where the engine fails inside.
        """
        self.check(facts)
        return self.run_checked(facts)

    def run_checked(self, facts: Sequence[Fact]) -> ChainResult:
        """As `run`, on facts that `check` has let through."""
        if self._closed:
            raise RuntimeError("the engine is closed")
        if not self._candidates.enough(facts):
            return ChainResult(self.compiled.program, facts, len(facts), ())
        gathering = Gathering(self.compiled, facts, self._shape, self._firing_limit)
        asserted = gathering.asserted()
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            try:
                if self._handle is None:
                    self._handle = EngineHandle(self.compiled.engine_json)
                self._handle.run(asserted, gathering.conclude)
            except RefusedError:
                raise
            except BaseException:
                # INVARIANT: a handle in which anything failed is never used again; its memory may be torn.
                self._drop()
                raise
        return gathering.result()

    def close(self) -> None:
        """Gives the engine's memory back; nothing runs in it again."""
        with self._lock:
            self._drop()
            self._closed = True

    def _drop(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def open_engine(program: ChainProgram, *, firing_limit: int = FIRING_LIMIT) -> ChainEngine:
    """An engine for a program; RefusedError where `preflight` or a trial in a child process refuses it."""
    if problems := preflight(program):
        raise RefusedError(problems)
    compiled = compile_program(program)
    if problems := try_out(compiled):
        raise RefusedError(problems)
    return ChainEngine(compiled, firing_limit=firing_limit)
