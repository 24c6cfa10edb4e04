"""The forty rules that every engine is measured on, told once and turned into each engine's own form.

24 rows decide by channel, level and size of a group, 6 grade an office by its counts, 4 give hours, and 6
are triggers. A fact has 15 fields, a kilobyte of JSON; about four rules match.
"""

import itertools
import json
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

CHANNELS = ("letter", "visit", "online", "telephone")
LEVELS = ("district", "city", "national")
GROUPS = ("< 5", ">= 5")
TEXTS = ("summary", "place", "unit", "note", "source", "remark")
SOURCE = "来源甲"


@dataclass(frozen=True, slots=True)
class Row:
    """A rule: conditions by input, and what it gives."""

    id: str
    when: tuple[tuple[str, str], ...]
    then: str


def tables() -> dict[str, list[Row]]:
    """The forty rules, by table."""
    route = [
        Row(
            f"r{number}",
            (("channel", channel), ("level", level), ("group", group)),
            f"route-{channel}-{level}-{'small' if group == '< 5' else 'large'}",
        )
        for number, (channel, level, group) in enumerate(itertools.product(CHANNELS, LEVELS, GROUPS))
    ]
    grade = [
        Row(f"g{number}", (("count", cell), ("late", late)), f"grade-{number}")
        for number, (cell, late) in enumerate(itertools.product(("0", "[1..3)", ">= 3"), ("0", ">= 1")))
    ]
    hours = [
        Row("h0", (("level", "national"), ("urgent", "false")), "24"),
        Row("h1", (("level", "city"), ("urgent", "false")), "8"),
        Row("h2", (("level", "district"), ("urgent", "false")), "3"),
        Row("h3", (("level", "-"), ("urgent", "true")), "2"),
    ]
    triggers = [
        Row("t0", (("count", ">= 3"), ("group", "-"), ("late", "-"), ("urgent", "-")), "supervise"),
        Row("t1", (("count", "[1..3)"), ("group", "-"), ("late", "-"), ("urgent", "-")), "remind"),
        Row("t2", (("count", "-"), ("group", ">= 50"), ("late", "-"), ("urgent", "-")), "assign"),
        Row("t3", (("count", "-"), ("group", "-"), ("late", ">= 1"), ("urgent", "-")), "urge"),
        Row("t4", (("count", "-"), ("group", "-"), ("late", ">= 3"), ("urgent", "-")), "report"),
        Row("t5", (("count", "-"), ("group", "-"), ("late", "-"), ("urgent", "true")), "tell"),
    ]
    return {"route": route, "grade": grade, "hours": hours, "triggers": triggers}


def facts(number: int, seed: int = 7) -> list[dict[str, object]]:
    """Facts of as many matters, the same ones each time."""
    chance = random.Random(seed)  # noqa: S311  a workload, not a secret
    filling = (
        "群众反映的事项涉及供水、道路和房屋，已经登记并转送有权处理的机关办理，请依法按政策及时就地解决。"
    )
    return [
        {
            "channel": chance.choice(CHANNELS),
            "level": chance.choice(LEVELS),
            "group": chance.choice((1, 2, 4, 5, 12, 60)),
            "count": chance.choice((0, 1, 2, 3, 7)),
            "late": chance.choice((0, 0, 1, 3)),
            "urgent": chance.random() < 0.2,
            "known": chance.random() < 0.5,
            "day": f"2024-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            "rate": round(chance.random(), 2),
            **{text: filling[chance.randint(0, 9) :] for text in TEXTS},
        }
        for _ in range(number)
    ]


def expected(fact: dict[str, object]) -> dict[str, object]:
    """The outcome by the plainest reading there is; every engine is compared with it before timing."""
    outcome: dict[str, object] = {}
    for table, rows in tables().items():
        hits = [row.then for row in rows if all(_holds(cell, fact[name]) for name, cell in row.when)]
        outcome[table] = hits if table == "triggers" else hits[0]
    return outcome


def _holds(cell: str, value: object) -> bool:
    if cell == "-":
        return True
    if isinstance(value, bool):
        return cell == str(value).lower()
    if isinstance(value, str):
        return cell == value
    if not isinstance(value, int):
        raise TypeError(cell)
    if cell.startswith("["):
        low, high = cell[1:-1].split("..")
        return int(low) <= value < int(high)
    if cell.startswith(">="):
        return value >= int(cell[2:])
    if cell.startswith("<"):
        return value < int(cell[1:])
    return value == int(cell)


def write_rulebook(folder: Path, calendars: Path) -> None:
    """Writes the forty rules as rulesets that the service loads: `forty`, and `chained` with a chain more."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(calendars, folder / "calendars", dirs_exist_ok=True)
    (folder / "vocabulary.yaml").write_text(_vocabulary(), encoding="utf-8")
    (folder / "sources.yaml").write_text(f"B: {{title: {SOURCE}}}\n", encoding="utf-8")
    (folder / "forty.yaml").write_text(ruleset_yaml("forty", tables()), encoding="utf-8")
    (folder / "chained.yaml").write_text(ruleset_yaml("chained", tables()) + _CHAIN, encoding="utf-8")


def ruleset_yaml(name: str, by_table: dict[str, list[Row]]) -> str:
    """A ruleset of some tables; `triggers` gives all its hits, the others one."""
    inputs = dict.fromkeys(column for rows in by_table.values() for column, _ in rows[0].when)
    lines = [
        f"ruleset: {name}",
        "title: 四十条规则",
        "subject: matter",
        "layer: law",
        "source: B",
        "in_force_from: 2020-01-01",
        f"inputs: [{', '.join(inputs)}]",
        "tables:",
    ]
    for table, rows in by_table.items():
        lines += [
            f"  - id: {table}",
            f"    title: 表 {table}",
            f"    hit: {'RULE ORDER' if table == 'triggers' else 'UNIQUE'}",
            f"    in: [{', '.join(column for column, _ in rows[0].when)}]",
            "    out: {result: {type: string, label: 结果}}",
            "    rows:",
        ]
        for row in rows:
            cells = json.dumps([cell for _, cell in row.when])
            cite = "{source: B, article: 一, quote: 应当自受理之日起六十日内办结}"
            lines.append(f"      - {{id: {row.id}, if: {cells}, then: [{row.then}], cite: [{cite}]}}")
    return "\n".join([*lines, ""])


_CHAIN = """\
chains:
  - id: urged_and_supervised
    title: 催办督办后仍未办结
    when:
      u: {kind: urging}
      s: {kind: supervision, matter: "= u.matter"}
      m: {kind: overdue, matter: "= u.matter", explained: "false", days: ">= 1"}
    then: {finding: {kind: deduction, matter: u.matter}}
    cite: [{source: B, article: 一, quote: 应当自受理之日起六十日内办结}]
"""


def _vocabulary() -> str:
    def enum(name: str, codes: tuple[str, ...]) -> str:
        values = ", ".join(f"{code}: [{code}, {code}]" for code in codes)
        return f"  {name}: {{label: {name}, english: {name}, values: {{{values}}}}}"

    kinds = {"channel": "enum channel", "level": "enum level", "day": "date", "rate": "decimal"}
    kinds |= dict.fromkeys(("group", "count", "late"), "int") | dict.fromkeys(("urgent", "known"), "bool")
    kinds |= dict.fromkeys(TEXTS, "string")
    told = [f"  {n}: {{type: {k}, label: {n}, english: {n}, purpose: 测速}}" for n, k in kinds.items()]
    return "\n".join(
        [
            "enums:",
            enum("channel", CHANNELS),
            enum("level", LEVELS),
            "facts:",
            *told,
            "events:",
            "  received: {label: 收到, english: Received}",
            "kinds:",
            "  urging: {label: 催办, english: Urging, fields: {matter: string}}",
            "  supervision: {label: 督办, english: Supervision, fields: {matter: string}}",
            "  overdue:",
            "    {label: 逾期, english: Overdue, fields: {matter: string, explained: bool, days: int}}",
            "findings:",
            "  deduction: [扣分, Deduction]",
            "",
        ]
    )
