"""The engine by itself: growth with rows, the columnar path, memory."""

import gc
import json
import random
import resource
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks import workload
from huiyin.examples import find_examples, read_example
from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.analysis.check import check as check_files
from rules_service.commands.evaluation import evaluate_raw
from rules_service.commands.straight import StraightAnswers
from rules_service.engine.columnar import decide_many
from rules_service.engine.index import TableIndex
from rules_service.engine.tables import decide
from rules_service.language.findings import Code
from rules_service.language.model.basis import Citation
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import HitPolicy, Output, Row, Table
from rules_service.language.types import Kind, Value, ValueType
from rules_service.language.unary import parse

CODES = tuple(f"c{number}" for number in range(12))
COLUMNS = 8
CASES = 2000
MILLION = 1_000_000
SAMPLE = 2000


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `goal` says what was aimed at."""

    name: str
    value: str
    goal: str = ""


def wide_table(rows: int, seed: int = 3) -> tuple[Table, list[tuple[Value, ...]]]:
    """A table of that many rows and eight columns, and cases of which most match a row."""
    chance = random.Random(seed)  # noqa: S311  a workload, not a secret
    code, number = ValueType(Kind.ENUM, "code", CODES), ValueType(Kind.INT)
    kinds = [code if column % 2 == 0 else number for column in range(COLUMNS)]
    made, cases = [], []
    for place in range(rows):
        low = [chance.randint(0, 90) for _ in range(COLUMNS)]
        cells = [
            chance.choice(CODES) if kind is code else f"[{low[at]}..{low[at] + 10})"
            for at, kind in enumerate(kinds)
        ]
        tests = tuple(parse(cell, kind) for cell, kind in zip(cells, kinds, strict=True))
        made.append(Row(f"r{place}", tests, (place,), (Citation("B", "一", "引文引文"),)))
        cases.append(
            tuple(
                cell if kind is code else low[at] + 3
                for at, (cell, kind) in enumerate(zip(cells, kinds, strict=True))
            )
        )
    chance.shuffle(cases)
    table = Table(
        "wide",
        "宽表",
        Each.MATTER,
        HitPolicy.FIRST,
        None,
        tuple(f"i{column}" for column in range(COLUMNS)),
        (Output("o", number, "果"),),
        tuple(made),
    )
    return table, cases


def microseconds(run: Callable[[], object], repeats: int) -> float:
    """The median of some runs."""
    times = []
    for _ in range(repeats):
        began = time.perf_counter_ns()
        run()
        times.append(time.perf_counter_ns() - began)
    return sorted(times)[len(times) // 2] / 1000


def growth() -> list[Figure]:
    """One decision, near misses included, as rows grow."""
    figures = []
    for rows, goal in (
        (10, ""),
        (1000, "at most 20 us, 4 times that of 10 rows"),
        (10_000, "at most 40 us, 64 MB"),
    ):
        table, cases = wide_table(rows)
        gc.collect()
        tracemalloc.start()
        index = TableIndex.of(table)
        size = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        some = cases[:CASES]
        each = sorted(microseconds(partial(decide, index, case), 5) for case in some)
        median = each[len(each) // 2]
        figures.append(
            Figure(f"one decision, {rows} x {COLUMNS}", f"{median:.1f} us, index {size:.1f} MB", goal)
        )
    return figures


def columnar(rulebook: Path) -> Figure:
    """A million matters through the four tables of two revisions."""
    compiled = commands.load(rulebook).slices("forty")[0]
    facts = workload.facts(20_000)
    columns = {name: [fact[name] for fact in facts] * (MILLION // len(facts)) for name in facts[0]}
    began = time.perf_counter()
    for _ in range(2):
        for steps in compiled.steps.values():
            for step in steps:
                named = [columns[name] for name in step.index.table.inputs]
                for _ in decide_many(step.index, named):
                    pass
    return Figure(
        "1,000,000 matters, 4 tables, two revisions, columnar, one core",
        f"{time.perf_counter() - began:.1f} s",
        "at most 60 s on 2 cores",
    )


def analysis(rulebook: Path) -> Figure:
    """What a wide table leaves out and says twice, exactly: the whole check of its file."""
    chance = random.Random(5)  # noqa: S311  a workload, not a secret
    cells = {
        "channel": workload.CHANNELS,
        "level": workload.LEVELS,
        "group": ("< 5", "[5..50)", ">= 50", "-"),
        "count": ("0", "[1..3)", ">= 3", "-"),
        "late": ("0", ">= 1", "-"),
        "urgent": ("true", "false", "-"),
        "known": ("true", "false", "-"),
        "rate": ("< 0.5", ">= 0.5", "-"),
    }
    rows = [
        workload.Row(f"w{number}", tuple((name, chance.choice(some)) for name, some in cells.items()), "x")
        for number in range(200)
    ]
    file = rulebook / "wide.yaml"
    file.write_text(workload.ruleset_yaml("wide", {"wide": rows}), encoding="utf-8")
    began = time.perf_counter()
    found = check_files([file], rulebook).findings
    took = time.perf_counter() - began
    file.unlink()
    if not any(finding.code_ is Code.ROWS_OVERLAP for finding in found):
        raise AssertionError("the overlaps were not found")
    return Figure(
        "exact analysis of a 200 x 8 table, gaps and overlaps, its file read and checked",
        f"{took:.2f} s",
        "below 1 s",
    )


def one_by_one() -> Figure:
    """A million matters with duties and chains by the shipped rulesets, from a sample of the examples."""
    book = commands.load(Path("rulesets"), [Path("examples/adoptions.yaml")])
    examples = [
        read_example(path) for path in find_examples(Path("examples")) if path.parent.name == "matters"
    ]
    requests = [example.assess_request(common_pb2.VIEW_IDS) for example in examples]
    now = datetime(2024, 5, 6, tzinfo=UTC)
    began, done = time.process_time(), 0
    while done < SAMPLE:
        for request in requests:
            commands.assess(book, request, now)
        done += len(requests)
    hours = (time.process_time() - began) / done * MILLION / 3600
    return Figure(
        "1,000,000 matters with duties and chains, shipped rulesets, one by one, one core",
        f"{hours:.2f} h, extrapolated from {done:,}",
    )


def answering(rulebook: Path) -> Callable[[bytes], bytes]:
    """Answers a question as the server does, without the server."""
    straight = StraightAnswers(commands.load(rulebook))
    return lambda raw: evaluate_raw(straight, raw, lambda: datetime.now(UTC))


def memory(rulebook: Path) -> list[Figure]:
    """Growth of the process over many evaluations and over reloads."""
    from benchmarks.over_grpc import unary_requests

    answer = answering(rulebook)
    asked = [*unary_requests(chained=False), *unary_requests(chained=True)]
    requests = [request.SerializeToString() for request in asked]

    def run(times: int) -> None:
        for number in range(times):
            answer(requests[number % len(requests)])

    run(5000)
    before = _resident()
    run(200_000)
    drift = _resident() - before
    loads = [commands.load(rulebook) for _ in range(20)]
    loads.clear()
    gc.collect()
    before = _resident()
    for _ in range(1000):
        commands.load(rulebook)
    gc.collect()
    grown = 100 * (_resident() - before) / before
    return [
        Figure("memory over 200,000 evaluations", f"{drift:+.2f} MB", "below 1 MB"),
        Figure("memory after 1,000 reloads", f"{grown:+.1f} %", "below 5 %"),
    ]


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def check(rulebook: Path) -> None:
    """Every outcome of the workload is the one that the plainest reading gives; raises where not."""
    from benchmarks.over_grpc import unary_requests

    answer_to = answering(rulebook)
    for fact, request in zip(workload.facts(300), unary_requests(chained=False), strict=True):
        answer = pb.EvaluateResponse.FromString(answer_to(request.SerializeToString())).answer
        got: dict[str, object] = {}
        for decision in answer.decisions:
            said = json.loads(decision.outcome_json or "[]")
            got[decision.table] = (
                [one["result"] for one in said] if decision.table == "triggers" else said["result"]
            )
        if got != workload.expected(fact):
            raise AssertionError(f"{fact}: {got}")
