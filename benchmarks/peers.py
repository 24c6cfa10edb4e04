"""The forty rules on other engines, outcomes only, checked against the plainest reading before timing."""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable

from benchmarks import workload

Fact = dict[str, object]
Engine = Callable[[Fact], dict[str, object]]
SECONDS = 2.0
CHECKED = 100


def measure() -> dict[str, float]:
    """Evaluations a second of every peer that is installed.

    Each runs in a process of its own: what one does to its process must not touch the others.
    """
    found = {}
    for name in ENGINES:
        done = subprocess.run(  # noqa: S603  this interpreter, this package
            [sys.executable, "-m", "benchmarks.peers", name], capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            found[name] = float(done.stdout)
    return found


def rate(engine: Engine) -> float:
    """Evaluations a second on one core, over the same facts for all."""
    facts = workload.facts(300)
    for fact in facts[:CHECKED]:
        got, wanted = engine(fact), workload.expected(fact)
        if {name: _sorted(value) for name, value in got.items()} != {
            name: _sorted(value) for name, value in wanted.items()
        }:
            raise AssertionError(f"{got} for {fact}, {wanted} expected")
    count = 0
    began = time.perf_counter()
    while time.perf_counter() - began < SECONDS:
        for fact in facts:
            engine(fact)
        count += len(facts)
    return count / (time.perf_counter() - began)


def _sorted(value: object) -> object:
    return sorted(value) if isinstance(value, list) else value


def _python(cell: str, name: str) -> str:
    value = f"f[{name!r}]"
    if cell == "-":
        return "True"
    if cell in {"true", "false"}:
        return f"{value} is {cell.title()}"
    if cell.startswith("["):
        low, high = cell[1:-1].split("..")
        return f"{low} <= {value} < {high}"
    if cell[0] in "<>":
        return f"{value} {cell}"
    return f"{value} == {int(cell)}" if cell.isdigit() else f"{value} == {cell!r}"


def _generated() -> Engine:
    lines = ["def run(f):", "    out = {}"]
    for table, rows in workload.tables().items():
        if table == "triggers":
            lines.append("    hits = []")
            for row in rows:
                condition = " and ".join(_python(cell, name) for name, cell in row.when)
                lines.append(f"    if {condition}: hits.append({row.then!r})")
            lines.append(f"    out[{table!r}] = hits")
            continue
        for number, row in enumerate(rows):
            condition = " and ".join(_python(cell, name) for name, cell in row.when)
            lines.append(f"    {'if' if number == 0 else 'elif'} {condition}: out[{table!r}] = {row.then!r}")
    scope: dict[str, Engine] = {}
    exec("\n".join([*lines, "    return out"]), scope)  # noqa: S102  our own text
    return scope["run"]


def _durable_host() -> Engine:
    from durable import engine

    logging.disable(logging.CRITICAL)
    fired: list[tuple[str, str]] = []

    def record(table: str, then: str) -> Callable[[object], None]:
        return lambda _: fired.append((table, then))

    def condition(cell: str, name: str) -> dict[str, object] | None:
        if cell == "-":
            return None
        if cell in {"true", "false"}:
            return {name: cell == "true"}
        if cell.startswith("["):
            low, high = cell[1:-1].split("..")
            return {"$and": [{"$gte": {name: int(low)}}, {"$lt": {name: int(high)}}]}
        if cell.startswith(">="):
            return {"$gte": {name: int(cell[2:])}}
        if cell.startswith("<"):
            return {"$lt": {name: int(cell[1:])}}
        return {name: int(cell) if cell.isdigit() else cell}

    definition = {}
    for table, rows in workload.tables().items():
        for row in rows:
            tests = [test for name, cell in row.when if (test := condition(cell, name))]
            expression = tests[0] if len(tests) == 1 else {"$and": tests}
            definition[f"{table}_{row.id}"] = {
                "all": [{"m": expression}],
                "run": record(table, row.then),
            }
    host = engine.Host()
    host.set_rulesets({"forty": definition})
    numbers = iter(range(10**9))

    def run(fact: Fact) -> dict[str, object]:
        fired.clear()
        sid = f"s{next(numbers)}"
        sent = {name: value for name, value in fact.items() if not isinstance(value, float)}
        try:
            host.assert_fact("forty", {**sent, "sid": sid})
        except engine.MessageNotHandledException:
            pass
        finally:
            host.delete_state("forty", sid)
        out: dict[str, object] = {"triggers": []}
        for table, then in fired:
            if table == "triggers":
                out.setdefault("triggers", []).append(then)  # type: ignore[attr-defined]
            else:
                out[table] = then
        return out

    return run


def _zen(*, trace: bool = False) -> Engine:
    """By an engine with a loader of compiled content: `create_decision` is asked of JSON each time."""
    import zen

    def cell(text: str) -> str:
        if text == "-":
            return ""
        return json.dumps(text) if text in workload.CHANNELS + workload.LEVELS else text

    decisions = {}
    for table, rows in workload.tables().items():
        names = [name for name, _ in rows[0].when]
        content = {
            "hitPolicy": "collect" if table == "triggers" else "first",
            "inputs": [{"id": name, "name": name, "field": name} for name in names],
            "outputs": [{"id": "o", "name": "result", "field": "result"}],
            "rules": [
                {
                    "_id": row.id,
                    **{name: cell(text) for name, text in row.when},
                    "o": json.dumps(row.then),
                }
                for row in rows
            ],
        }
        graph = {
            "nodes": [
                {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
                {
                    "id": "t",
                    "type": "decisionTableNode",
                    "name": "t",
                    "position": {"x": 1, "y": 0},
                    "content": content,
                },
                {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
            ],
            "edges": [
                {"id": "a", "sourceId": "in", "targetId": "t", "type": "edge"},
                {"id": "b", "sourceId": "t", "targetId": "out", "type": "edge"},
            ],
        }
        compiled = zen.ZenDecisionContent(json.dumps(graph))
        decisions[table] = zen.ZenEngine({"loader": lambda _, compiled=compiled: compiled})

    def run(fact: Fact) -> dict[str, object]:
        out: dict[str, object] = {}
        for table, decision in decisions.items():
            result = decision.evaluate("t", fact, {"trace": trace})["result"]
            out[table] = [one["result"] for one in result] if table == "triggers" else result["result"]
        return out

    return run


def _rule_engine() -> Engine:
    import rule_engine

    def words(cell: str, name: str) -> str:
        if cell.startswith("["):
            low, high = cell[1:-1].split("..")
            return f"{name} >= {low} and {name} < {high}"
        if cell[0] in "<>":
            return f"{name} {cell}"
        if cell in {"true", "false"} or cell.isdigit():
            return f"{name} == {cell}"
        return f"{name} == '{cell}'"

    compiled = [
        (
            table,
            row.then,
            rule_engine.Rule(" and ".join(words(cell, name) for name, cell in row.when if cell != "-")),
        )
        for table, rows in workload.tables().items()
        for row in rows
    ]

    def run(fact: Fact) -> dict[str, object]:
        out: dict[str, object] = {"triggers": []}
        for table, then, rule in compiled:
            if rule.matches(fact):
                if table == "triggers":
                    out["triggers"].append(then)  # type: ignore[attr-defined]
                else:
                    out[table] = then
        return out

    return run


ENGINES: dict[str, Callable[[], Engine]] = {
    "hand-written Python (the limit)": _generated,
    "durable_rules, its own Host": _durable_host,
    "zen-engine": _zen,
    "zen-engine, with its trace": lambda: _zen(trace=True),
    "rule-engine": _rule_engine,
}

if __name__ == "__main__":
    print(rate(ENGINES[sys.argv[1]]()))  # noqa: T201
