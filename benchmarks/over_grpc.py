"""Unary and batch calls against an empty handler of the same kind of server, in interleaved rounds."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc

from benchmarks import workload
from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.rules.v1.rules_service_pb2_grpc import RulesServiceStub
from rules_service.engine.chaining.kept import MOST_KEPT as KEPT

IN_FLIGHT = 8
ROUNDS = 10
CALLS = 1500
BATCHES = 20
BATCH = 500
MOST_DAYS = 90
# Asked in turn, none of so many is still kept when its turn comes again.
UNLIKE = (2 * KEPT // BATCH + 1) * BATCH
AT = datetime(2024, 5, 6, 4, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A question measured against an empty handler: calls (or items) a second, median of all rounds."""

    name: str
    ours: float
    empty: float

    @property
    def times(self) -> float:
        """How many times the empty handler's time ours takes."""
        return self.empty / self.ours


def matter(number: int, fact: dict[str, object], *, chained: bool, alike: bool = True) -> common_pb2.Matter:
    """A matter of the workload; chained ones carry three related facts that join.

    Some matters are late for as many days as others, and some groups as large, unless they shall not be
    ALIKE.
    """
    if not (chained or alike):
        fact = fact | {"group": 61 + number, "late": 4 + number}
    message = common_pb2.Matter(
        matter_id=f"m{number}", facts_json=json.dumps(fact, ensure_ascii=False, separators=(",", ":"))
    )
    if chained:
        days = number % MOST_DAYS + 1 if alike else number + 1
        key = json.dumps({"matter": f"m{number}"})
        overdue = json.dumps({"matter": f"m{number}", "explained": False, "days": days})
        for kind, fields in (("urging", key), ("supervision", key), ("overdue", overdue)):
            message.related_facts.add(kind=kind, facts_json=fields)
    return message


def context(view: common_pb2.View.ValueType, number: int = 0) -> common_pb2.Context:
    """The moment asked about: a second later for each matter, as calls come in."""
    asked = common_pb2.Context(as_of="2024-05-06", view=view)
    asked.at.FromDatetime(AT + timedelta(seconds=number))
    return asked


def unary_requests(*, chained: bool, alike: bool = True) -> list[pb.EvaluateRequest]:
    """One question a matter."""
    return [
        pb.EvaluateRequest(
            ruleset="chained" if chained else "forty",
            context=context(common_pb2.VIEW_REASONS, number),
            matter=matter(number, fact, chained=chained, alike=alike),
        )
        for number, fact in enumerate(workload.facts(300 if alike else UNLIKE))
    ]


def batch_requests(
    view: common_pb2.View.ValueType, *, chained: bool, alike: bool = True
) -> list[pb.BatchEvaluateRequest]:
    """Questions about many matters at once. Where they are ALIKE the same ones each time, else none twice."""
    facts = workload.facts(BATCH if alike else UNLIKE)
    matters = [matter(number, fact, chained=chained, alike=alike) for number, fact in enumerate(facts)]
    return [
        pb.BatchEvaluateRequest(
            ruleset="chained" if chained else "forty",
            context=context(view),
            matters=matters[begin : begin + BATCH],
        )
        for begin in range(0, len(matters), BATCH)
    ]


@contextmanager
def server(kind: str, environment: dict[str, str]) -> Iterator[RulesServiceStub]:
    """A server on a core of its own, and a stub that calls it."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ready = Path(folder) / "ready"
        process = subprocess.Popen(  # noqa: S603  this interpreter, this package
            [sys.executable, "-m", "benchmarks.serve", kind, str(ready)], env=os.environ | environment
        )
        stack.callback(process.wait)
        stack.callback(process.terminate)
        while not (ready.exists() and ready.read_text()):
            if process.poll() is not None:
                raise RuntimeError(f"{kind} did not start")
            time.sleep(0.02)
        channel = stack.enter_context(grpc.insecure_channel(f"127.0.0.1:{ready.read_text()}"))
        yield RulesServiceStub(channel)


def rate(call: grpc.UnaryUnaryMultiCallable, requests: Iterator[object], calls: int) -> float:
    """Calls a second with a few in flight."""
    waiting: list[grpc.Future] = []
    began = time.perf_counter()
    for request in itertools.islice(requests, calls):
        if len(waiting) == IN_FLIGHT:
            waiting.pop(0).result()
        waiting.append(call.future(request))
    for future in waiting:
        future.result()
    return calls / (time.perf_counter() - began)


def compare(
    name: str,
    rulebook: Path,
    requests: list[object],
    method: str,
    calls: int,
) -> Comparison:
    """Measures one kind of call; the empty handler answers with bytes of the same length."""
    items = BATCH if method.startswith("Batch") else 1
    with ExitStack() as stack:
        ours = stack.enter_context(server("rules", {"HUIYIN_RULESETS": str(rulebook)}))
        answers = [getattr(ours, method)(request) for request in requests]
        typical = sorted(answers, key=lambda answer: answer.ByteSize())[len(answers) // 2]
        prepared = rulebook / "answer.bin"
        prepared.write_bytes(typical.SerializeToString())
        empty = stack.enter_context(server("echo", {"HUIYIN_ECHO_ANSWER": str(prepared)}))
        asked = [(getattr(stub, method), itertools.cycle(requests)) for stub in (ours, empty)]
        rounds = [[rate(call, following, calls) for call, following in asked] for _ in range(ROUNDS + 1)]
    measured = (statistics.median(rates) * items for rates in zip(*rounds[1:], strict=True))
    return Comparison(name, *measured)


def measure(rulebook: Path) -> list[Comparison]:
    """All comparisons, on a client core and a server core."""
    os.sched_setaffinity(0, {1})
    results = []
    for chained in (False, True):
        kind = "chained" if chained else "tables"
        results.append(
            compare(f"Evaluate, {kind}", rulebook, list(unary_requests(chained=chained)), "Evaluate", CALLS)
        )
        for view, name in ((common_pb2.VIEW_IDS, "ids"), (common_pb2.VIEW_FULL, "full")):
            requests = list(batch_requests(view, chained=chained))
            results.append(
                compare(f"BatchEvaluate, {kind}, {name}", rulebook, requests, "BatchEvaluate", BATCHES)
            )
    for kind, chained in (("tables", False), ("chained", True)):
        unlike = unary_requests(chained=chained, alike=False)
        results.append(compare(f"Evaluate, {kind}, no two alike", rulebook, unlike, "Evaluate", CALLS))
        batches = batch_requests(common_pb2.VIEW_IDS, chained=chained, alike=False)
        name = f"BatchEvaluate, {kind}, ids, no two alike"
        results.append(compare(name, rulebook, batches, "BatchEvaluate", BATCHES))
    return results


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        workload.write_rulebook(Path(folder), Path("rulesets/calendars"))
        for comparison in measure(Path(folder)):
            print(  # noqa: T201
                f"{comparison.name}: {comparison.ours:,.0f}/s, empty {comparison.empty:,.0f}/s, "
                f"{comparison.times:.2f} times"
            )
