"""Measures the rules service beside its peers and writes benchmarks/RESULTS.md: `make bench-rules`."""

import os
import platform
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import in_process, over_grpc, peers, workload
from rules_service import commands

HERE = Path(__file__).parent
GOALS = {
    "Evaluate, tables": "at most 1.10 times",
    "Evaluate, chained": "at most 1.30 times",
    "BatchEvaluate, tables, ids": "at most 2.5 times",
    "BatchEvaluate, chained, ids": "at most 8.3 times",
}
TABLES = "Huiyin, tables alone, facts read"
PEER_GOALS = {
    "durable_rules, its own Host": "at least 5 times",
    "zen-engine": "at least 20 times",
}
SECONDS = 3.0


def ours(rulebook: Path) -> dict[str, float]:
    """Our own evaluations a second in one process, from the bytes of a question to those of its answer."""
    answer = in_process.answering(rulebook)
    found = {}
    for name, chained in (("Huiyin, message to message", False), ("Huiyin with a chain", True)):
        requests = [request.SerializeToString() for request in over_grpc.unary_requests(chained=chained)]
        count, began = 0, time.perf_counter()
        while time.perf_counter() - began < SECONDS:
            for request in requests:
                answer(request)
            count += len(requests)
        found[name] = count / (time.perf_counter() - began)
    found[TABLES] = tables_alone(rulebook)
    return found


def tables_alone(rulebook: Path) -> float:
    """Our tables on facts that have been read, outcomes only, as the peers are measured."""
    compiled = commands.load(rulebook).slices("forty")[0]
    steps = [step for some in compiled.steps.values() for step in some]
    facts = workload.facts(300)
    count, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        for fact in facts:
            for step in steps:
                in_process.decide(step.index, [fact[name] for name in step.index.table.inputs], near=False)
        count += len(facts)
    return count / (time.perf_counter() - began)


def report() -> str:
    """Everything measured, as a page."""
    with tempfile.TemporaryDirectory() as folder:
        rulebook = Path(folder) / "rulebook"
        workload.write_rulebook(rulebook, Path("rulesets/calendars"))
        in_process.check(rulebook)
        rates = peers.measure() | ours(rulebook)
        grown = [
            *in_process.growth(),
            in_process.analysis(rulebook),
            in_process.columnar(rulebook),
            in_process.one_by_one(),
            *in_process.memory(rulebook),
        ]
        compared = over_grpc.measure(rulebook)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    parts = [
        "# Results",
        "",
        f"Written by `make bench-rules` on {datetime.now(UTC):%Y-%m-%d}, {machine}. The client and a server "
        "have a core each. Every outcome was compared with the plainest reading of the rules before timing.",
        "",
        "## Over gRPC, beside an empty handler of the same server with the same interceptor and bytes",
        "",
        f"Median of {over_grpc.ROUNDS} interleaved rounds, {over_grpc.IN_FLIGHT} calls in flight, batches of "
        f"{over_grpc.BATCH}. The empty handler parses the message and, in a batch, the facts of each matter. "
        "What tables said and what fired is kept for facts that they cannot tell apart: where no two matters "
        "are alike, the tables decide and durable_rules is asked each time.",
        "",
        *_table(
            ("call", "ours /s", "empty /s", "times", "goal"),
            (
                (c.name, f"{c.ours:,.0f}", f"{c.empty:,.0f}", f"{c.times:.2f}", GOALS.get(c.name, ""))
                for c in compared
            ),
        ),
        "",
        "## The same forty rules on other engines, one core, outcomes only",
        "",
        *_table(
            ("engine", "evaluations /s", "our tables are", "goal"),
            (
                (name, f"{rate:,.0f}", f"{rates[TABLES] / rate:,.1f} times as fast", PEER_GOALS.get(name, ""))
                for name, rate in sorted(rates.items(), key=lambda pair: -pair[1])
            ),
        ),
        "",
        "zen-engine is asked through an engine with a loader of compiled content, one for each of the four "
        "tables. Beside its trace stands what goes from message to message here: its answers carry their "
        "reasons.",
        "",
        "![evaluations a second](rates.svg)",
        "",
        "## In one process",
        "",
        *_table(("what", "measured", "goal"), ((f.name, f.value, f.goal) for f in grown)),
        "",
    ]
    _plot(rates, HERE / "rates.svg")
    return "\n".join(parts)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(row)} |" for row in rows)]


def _plot(rates: dict[str, float], path: Path) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    ordered = sorted(rates.items(), key=lambda pair: pair[1])
    figure, axes = pyplot.subplots(figsize=(8, 0.5 * len(ordered) + 1))
    axes.barh([name for name, _ in ordered], [rate for _, rate in ordered], color="#b03030")
    axes.set_xscale("log")
    axes.set_xlabel("evaluations a second, one core")
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    (HERE / "RESULTS.md").write_text(report(), encoding="utf-8")
