"""Reads the decision tables of a ruleset."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from rules_service.language.citations import read_citations, read_departure
from rules_service.language.findings import Code
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.subjects import Each
from rules_service.language.model.tables import Aggregator, HitPolicy, Output, Row, Table
from rules_service.language.names import check_name, check_twins
from rules_service.language.papers import read_papers
from rules_service.language.scope import EACH, Scope
from rules_service.language.source import Node, Reading, Text
from rules_service.language.types import Kind, Value, ValueType, to_json
from rules_service.language.unary import ANYTHING
from rules_service.language.vocabulary import read_type

_NO_VALUE: Value = ""
HITS = {policy.name.replace("_", " "): policy for policy in HitPolicy} | {
    policy.value: policy for policy in HitPolicy
}
SUMMED = frozenset({Kind.INT, Kind.DECIMAL, Kind.DURATION})
AGGREGATORS = {aggregator.value: aggregator for aggregator in Aggregator}


def read_tables(node: Node | None, scope: Scope) -> tuple[Table, ...]:
    """Reads all tables, in an order in which each reads only outputs of those before it."""
    tables = scope.reading.items(node, "表")
    return tuple(_table(tables[number], scope) for number in _in_order(tables, scope))


def _in_order(tables: Sequence[Node], scope: Scope) -> Iterator[int]:
    """The numbers of tables, each after those it reads; notes those that wait for each other."""
    unheard = replace(scope, reading=Reading(scope.reading.file))
    needs = _needs(tables, unheard)
    while circle := _circle(needs):
        ids = "、".join(
            unheard.reading.text(unheard.reading.entries(tables[number], "表").get("id"), "表")
            for number in circle
        )
        message = "几个表互相等待对方的输出。"
        scope.reading.find(Code.CIRCULAR_TABLES, tables[circle[0]], f"表 {ids}", message, "请断开其中一处。")
        for number in circle:
            needs[number] -= set(circle)
            # Names the outputs, so that nothing else is found fault with for naming them.
            _table(tables[number], unheard)
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        yield from ready
        sorter.done(*ready)


def _circle(needs: Mapping[int, AbstractSet[int]]) -> list[int]:
    """Some tables that wait for each other, or one that waits for itself; none where there are no such."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        return sorted(set(error.args[1]))
    return []


def _needs(tables: Sequence[Node], scope: Scope) -> dict[int, set[int]]:
    """For each table the numbers of those whose outputs it reads."""
    read = scope.reading
    owners: dict[str, int] = {}
    for number, item in enumerate(tables):
        values = read.entries(item, "表")
        table = read.text(values.get("id"), "表")
        owners |= dict.fromkeys((f"{table}.{name}" for name in read.entries(values.get("out"), "表")), number)
    return {
        number: {
            owners[name] for name in read.texts(read.entries(item, "表").get("in"), "表") if name in owners
        }
        for number, item in enumerate(tables)
    }


def _table(node: Node, scope: Scope) -> Table:
    read = scope.reading
    values = read.record(node, "表", "id title in out rows", "each hit aggregate complete")
    table = read.text(values.get("id"), "表")
    place = f"表 {table}"
    check_name(table, values.get("id", node), read, place)
    inputs: list[tuple[str, ValueType | None]] = []
    for item in read.items(values.get("in"), place):
        name = read.text(item, place)
        kind = scope.name_type(name)
        if kind is None:
            scope.unknown_input(name, item, place)
        inputs.append((name, kind))
    outputs = tuple(
        _output(name, output, scope, place) for name, output in read.entries(values.get("out"), place).items()
    )
    hit = read.choice(values.get("hit"), place, HITS, HitPolicy.UNIQUE)
    if hit in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER} and not any(o.order for o in outputs):
        read.find(
            Code.PRIORITY_WITHOUT_ORDER,
            node,
            place,
            f"命中方式 {hit.name} 要有输出的先后。",
            "请给一个输出写 order: [先, 后, …]。",
        )
    rows = tuple(
        _row(row, number, inputs, outputs, scope, place)
        for number, row in enumerate(read.items(values.get("rows"), place), 1)
    )
    check_twins(read.items(values.get("rows"), place), "id", read, f"{place} 行")
    if hit in {HitPolicy.PRIORITY, HitPolicy.OUTPUT_ORDER}:
        _check_ranks(rows, read.items(values.get("rows"), place), outputs, scope, place)
    aggregator = (
        read.choice(values.get("aggregate"), place, AGGREGATORS, None) if "aggregate" in values else None
    )
    if aggregator is not None:
        _check_aggregate(aggregator, hit, outputs, values["aggregate"], scope, place)
    _name_outputs(table, hit, aggregator, outputs, rows, scope)
    return Table(
        table,
        read.text(values.get("title"), place),
        read.choice(values.get("each"), place, EACH, Each.MATTER),
        hit,
        aggregator,
        tuple(name for name, _ in inputs),
        outputs,
        rows,
        read.choice(values.get("complete"), place, {"true": True, "false": False}, False),
    )


def _check_ranks(
    rows: tuple[Row, ...], nodes: tuple[Node, ...], outputs: tuple[Output, ...], scope: Scope, place: str
) -> None:
    """Every value of an output that ranks rows has its rank; what has no value comes last."""
    for number, (row, node) in enumerate(zip(rows, nodes, strict=True), 1):
        for output, value in zip(outputs, row.outputs, strict=True):
            if output.order and value is not None and value not in output.order:
                scope.reading.find(
                    Code.PRIORITY_WITHOUT_ORDER,
                    node,
                    f"{place} 第 {number} 行 {output.name}",
                    f"“{to_json(value)}”不在输出 {output.name} 的 order 里，排不出先后。",
                    "请把它写进 order。",
                )


def _check_aggregate(
    aggregator: Aggregator,
    hit: HitPolicy,
    outputs: tuple[Output, ...],
    node: Node,
    scope: Scope,
    place: str,
) -> None:
    """An aggregate is of the first output of the rows that COLLECT gathers (DMN 1.3, 8.2.10)."""
    kind = outputs[0].type if outputs else None
    message = cure = ""
    if hit is not HitPolicy.COLLECT:
        message = f"命中方式是 {hit.name.replace('_', ' ')}，不能汇总。"
        cure = "请把 hit 写成 COLLECT，或删去 aggregate。"
    elif aggregator is Aggregator.SUM and (kind is None or kind.kind not in SUMMED):
        message, cure = "sum 要求第一个输出是数或时长。", "请改输出的类型，或改用 count。"
    elif aggregator in {Aggregator.MIN, Aggregator.MAX} and (kind is None or not kind.ordered):
        message = f"{aggregator.value} 要求第一个输出有大小之分。"
        cure = "请改输出的类型，或改用 count。"
    if message:
        scope.reading.find(Code.WRONG_AGGREGATE, node, place, message, cure)


def _name_outputs(
    table: str,
    hit: HitPolicy,
    aggregator: Aggregator | None,
    outputs: tuple[Output, ...],
    rows: tuple[Row, ...],
    scope: Scope,
) -> None:
    """Lets what comes later name the outputs; those of several rows at once have no one value to name."""
    if hit in {HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST}:
        for column, output in enumerate(outputs):
            scope.outputs[f"{table}.{output.name}"] = output.type
            scope.said[f"{table}.{output.name}"] = tuple(row.outputs[column] for row in rows)
        return
    scope.listed |= {f"{table}.{output.name}" for output in outputs}
    if aggregator and outputs:
        kind = ValueType(Kind.INT) if aggregator is Aggregator.COUNT else outputs[0].type
        scope.outputs[f"{table}.{outputs[0].name}"] = kind
        scope.listed.discard(f"{table}.{outputs[0].name}")


def _output(name: str, node: Node, scope: Scope, place: str) -> Output:
    read = scope.reading
    check_name(name, node, read, f"{place} 输出 {name}")
    values = read.record(node, f"{place} 输出 {name}", "type label", "order")
    kind = read_type(values.get("type"), scope.vocabulary.codes, read, f"{place} 输出 {name}")
    order = tuple(
        read.literal(item, f"{place} 输出 {name}", kind.from_text, _NO_VALUE)
        for item in read.items(values.get("order"), place)
    )
    return Output(name, kind, read.text(values.get("label"), place), order)


def _row(
    node: Node,
    number: int,
    inputs: list[tuple[str, ValueType | None]],
    outputs: tuple[Output, ...],
    scope: Scope,
    table: str,
) -> Row:
    read = scope.reading
    place = f"{table} 第 {number} 行"
    values = read.record(node, place, "id if", "then cite basis note papers candidates findings departs_from")
    name = read.text(values.get("id"), place)
    check_name(name, values.get("id", node), read, place)
    cells = read.items(values.get("if"), place)
    if len(cells) != len(inputs):
        read.find(
            Code.ROW_LENGTH,
            values.get("if", node),
            place,
            f"if 有 {len(cells)} 格，表有 {len(inputs)} 个输入。",
            "不限的格写“-”。",
        )
    thens = read.items(values.get("then"), place)
    if len(thens) != len(outputs):
        read.find(
            Code.ROW_LENGTH,
            values.get("then", node),
            place,
            f"then 有 {len(thens)} 格，表有 {len(outputs)} 个输出。",
            "不填的格写“-”。",
        )
    tests = [
        scope.test(cell, kind, f"{place} {name}") if kind else ANYTHING
        for cell, (name, kind) in zip(cells, inputs, strict=False)
    ]
    tests += [ANYTHING] * (len(inputs) - len(tests))
    results = [_then(cell, output, scope, place) for cell, output in zip(thens, outputs, strict=False)]
    results += [None] * (len(outputs) - len(results))
    candidates, candidate_papers = _candidates(values.get("candidates"), scope, place)
    return Row(
        name,
        tuple(tests),
        tuple(results),
        read_citations(values, node, scope, place),
        read_papers(values.get("papers"), scope, place) + candidate_papers,
        candidates,
        scope.code_list("finding", values.get("findings"), place),
        read.text(values.get("note"), place),
        read_departure(values.get("departs_from"), scope, place),
        frozenset(
            name
            for cell, output in zip(thens, outputs, strict=False)
            if output.type.kind is not Kind.STRING
            and isinstance(cell, Text)
            and (name := read.text(cell, place)) in scope.parameters
        ),
    )


def _candidates(node: Node | None, scope: Scope, place: str) -> tuple[tuple[str, ...], tuple[PaperRule, ...]]:
    """Reads candidates, codes or `{code, papers}`, and the papers that would follow."""
    codes: list[str] = []
    papers: list[PaperRule] = []
    for item in scope.reading.items(node, place):
        if isinstance(item, Text):
            codes.append(scope.code("candidate", item, place))
            continue
        values = scope.reading.record(item, place, "code papers")
        codes.append(scope.code("candidate", values.get("code"), place))
        papers += (
            replace(paper, candidate=codes[-1]) for paper in read_papers(values.get("papers"), scope, place)
        )
    return tuple(codes), tuple(papers)


def _then(node: Node, output: Output, scope: Scope, place: str) -> Value | None:
    text = scope.reading.text(node, place)
    if isinstance(node, Text) and text == "-":
        return None
    if output.type.kind is not Kind.STRING:
        try:
            value = scope.parameter_value(text, output.type)
        except ValueError as error:
            scope.reading.find(Code.CELL_TYPE, node, f"{place} {output.name}", f"“{text}”{error}")
            return None
        if value is not None:
            return value
    return scope.reading.literal(node, f"{place} {output.name}", output.type.from_text, None)
