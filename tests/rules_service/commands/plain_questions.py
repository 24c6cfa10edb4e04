"""Plain questions to two rulesets with all types of values, and what the longer way says of them."""

import json
import random
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import strategies as st

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.commands.evaluation import evaluate_raw, evaluate_serialized
from rules_service.commands.straight import StraightAnswers
from rules_service.engine.rulebook import Rulebook
from service_kit.problems import RefusedError
from tests.rules_service.commands.asking import NOW, context, rulesets

VOCABULARY = """
enums:
  size: {label: 大小, english: Size, values: {small: [小, Small], large: [大, Large]}}
facts:
  words: {type: string, label: 文字, english: Words, purpose: 试}
  size: {type: enum size, label: 大小, english: Size, purpose: 试}
  urgent: {type: bool, label: 紧急, english: Urgent, purpose: 试, told_only: true}
  people: {type: int, label: 人数, english: People, purpose: 试}
  share: {type: decimal, label: 比例, english: Share, purpose: 试}
  day: {type: date, label: 日期, english: Day, purpose: 试}
  moment: {type: datetime, label: 时刻, english: Moment, purpose: 试}
  clock: {type: time, label: 钟点, english: Clock, purpose: 试}
  length: {type: duration, label: 时长, english: Length, purpose: 试}
events:
  received: {label: 收到, english: Received}
kinds:
  letter:
    label: 信
    english: Letter
    fields: {matter: string, size: enum size, day: date, pages: int, signed: bool}
  part: {label: 分项, english: Part, fields: {matter: string, rate: decimal, said: string, day: date}}
  mark: {label: 记号, english: Mark, fields: {word: string}}
findings:
  noted: [注意, Noted]
  again: [再次, Again]
"""
ROW = "basis: convention, note: 试"
TABLES = """
ruleset: tables
title: 各种类型
subject: matter
layer: law
source: B
in_force_from: 2020-01-01
inputs: [words, size, urgent, people, share, day, moment, clock, length]
tables:
  - id: texts
    title: 文字
    hit: FIRST
    in: [words, size, urgent]
    out: {said: {type: string, label: 说}}
    rows:
      - {id: plain, if: ['"供水"', "-", "-"], then: [水], ROW}
      - {id: small, if: ["-", small, "-"], then: [小], ROW}
      - {id: urgent, if: ["-", "-", "true"], then: [急], basis: unverified, note: 试}
  - id: numbers
    title: 数
    hit: FIRST
    in: [people, share]
    out: {sum: {type: decimal, label: 和}}
    rows:
      - {id: many, if: [">= 5", "-"], then: ["1.50"], ROW}
      - {id: half, if: ["-", ">= 0.5"], then: ["1.5"], ROW}
      - {id: none, if: ["-", "null"], then: ["-"], ROW}
  - id: times
    title: 时间
    hit: RULE ORDER
    in: [day, moment, clock, length]
    out: {when: {type: string, label: 何时}}
    rows:
      - {id: late, if: ['>= date("2024-02-29")', "-", "-", "-"], then: [晚], ROW}
      - {id: since, if: ["-", '>= date and time("2024-02-29T08:00:00+08:00")', "-", "-"], then: [后], ROW}
      - {id: morning, if: ["-", "-", '< time("12:00")', "-"], then: [早], ROW}
      - {id: long, if: ["-", "-", "-", '> duration("P1D")'], then: [长], ROW}
  - id: both
    title: 由前表
    hit: UNIQUE
    in: [texts.said, numbers.sum, size]
    out: {result: {type: string, label: 结果}}
    rows:
      - {id: a, if: ['"水"', ">= 1.5", "-"], then: [甲], ROW}
      - {id: b, if: ['not("水")', "-", "-"], then: [乙], ROW}
      - {id: c, if: ['"水"', "null", small], then: [丙], ROW}
""".replace("ROW", ROW)
CHAINS = """
ruleset: chains
title: 各种链
subject: matter
layer: law
source: B
in_force_from: 2020-01-01
inputs: []
chains:
  - id: same
    title: 同一封信
    when:
      one: {kind: letter, size: large}
      other: {kind: part, matter: "= one.matter"}
    then:
      finding:
        {kind: noted, matter: one.matter, pages: one.pages, day: one.day, signed: one.signed, of: 常 值}
    basis: convention
    note: 试
  - id: later
    title: 后来
    when:
      a: {kind: letter, signed: "true"}
      b: {kind: letter, day: "> a.day", pages: ">= a.pages"}
    then: {finding: {kind: again, rate: b.size, matter: b.matter}}
    priority: 1
    basis: unverified
    note: 试
  - id: marked
    title: 记号相同
    when:
      kind: {kind: mark, word: '供 "水"'}
      alias: {kind: part, said: "!= kind.word", day: "<= 2024-03-01"}
    then: {finding: {kind: noted}}
    basis: convention
    note: 试
"""
RULESETS = ("tables", "chains")


def loaded(vocabulary: str, **texts: str) -> Rulebook:
    with TemporaryDirectory() as folder:
        written = rulesets(Path(folder) / "rulesets", **texts)
        (written / "vocabulary.yaml").write_text(vocabulary)
        (written / "sources.yaml").write_text("B: {title: 来源}\n")
        return commands.load(written)


@cache
def rulebook() -> Rulebook:
    return loaded(VOCABULARY, tables=TABLES, chains=CHAINS)


@cache
def straight() -> StraightAnswers:
    return StraightAnswers(rulebook())


WORDS = st.sampled_from(["供水", "水", "", "𠀀", "k", "长" * 70])
DAYS = st.sampled_from(["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02"])
FACTS = {
    "words": WORDS,
    "size": st.sampled_from(["small", "large"]),
    "urgent": st.booleans(),
    "people": st.sampled_from([0, 4, 5, 6, -1, 10**15]),
    "share": st.sampled_from([0, 0.5, 0.25, 1.5, "0.50"]),
    "day": DAYS,
    "moment": st.sampled_from(["2024-02-29T08:00:00+08:00", "2024-02-29T00:00:00Z", "2024-02-28T00:00Z"]),
    "clock": st.sampled_from(["08:30", "08:30:00", "17:00"]),
    "length": st.sampled_from(["P1D", "PT24H", "P2D"]),
}
KEYS = st.sampled_from(["m1", "m2", "信"])
KINDS = {
    "letter": {
        "matter": KEYS,
        "size": st.sampled_from(["large", "large", "small"]),
        "day": DAYS,
        "pages": st.integers(-1, 3),
        "signed": st.booleans(),
    },
    "part": {"matter": KEYS, "rate": st.sampled_from([0.5, "1.0", 2]), "said": WORDS, "day": DAYS},
    "mark": {"word": WORDS},
}
WRONG = st.sampled_from(
    [None, "none", 10**16, 1e-7, "2023-02-29", "24:00", 'a"b', "a\\b", "\x7f", [], {}, "長" * 2001]
)


SLIPS = ("left out", "wrong", "twice", "escaped")


def told(draw: st.DrawFn, values: dict[str, st.SearchStrategy[object]], slip: str) -> str:
    """Values as JSON, with a slip of the writer's or with none."""
    members = [(name, draw(values[name])) for name in draw(st.permutations(sorted(values)))]
    if slip == "left out":
        members.pop()
    if slip == "wrong":
        members[0] = (members[0][0], draw(WRONG))
    if slip == "twice":
        members.append(members[0])
    comma, colon = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n", "\t:  ")]))
    written = [
        f'"{name}"{colon}{json.dumps(value, ensure_ascii=slip == "escaped")}' for name, value in members
    ]
    return f"{{{comma.join(written)}}}"


@st.composite
def questions(draw: st.DrawFn) -> bytes:
    """A question; in half of them something is out of the ordinary."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=6))
    wrong = draw(st.integers(-len(kinds) - 1, len(kinds)))
    slips = [draw(st.sampled_from(SLIPS)) if number == wrong else "" for number in range(len(kinds) + 1)]
    matter = common_pb2.Matter(
        matter_id=draw(st.sampled_from(["m1", "x-7"])), facts_json=told(draw, FACTS, slips[0])
    )
    for kind, slip in zip(kinds, slips[1:], strict=True):
        matter.related_facts.add(kind=kind, facts_json=told(draw, KINDS[kind], slip))
    name = draw(st.sampled_from(RULESETS))
    (part,) = rulebook().rulesets[name]
    asked = context(
        at=draw(st.sampled_from(["2026-06-01", "2026-06-01", "2018-06-01"])),
        as_of=draw(st.sampled_from(["", "", "2019-01-01", "2024-05-06"])),
        view=draw(st.sampled_from([1, 2, 3])),
        pinned_revisions=draw(st.sampled_from([[], [], [part.ruleset.name]])),
    )
    request = pb.EvaluateRequest(ruleset=name, context=asked, matter=matter)
    return request.SerializeToString()


def question(chance: random.Random, **told: object) -> bytes:
    """A question without a slip, with dates in it: these are read and shown by Python.

    With TOLD it is asked of the tables.
    """
    days = ["2024-02-28", "2024-02-29", "2024-03-01"]
    letters = [
        {"matter": "m1", "size": "large", "day": chance.choice(days), "pages": number, "signed": True}
        for number in range(3)
    ]
    facts = {"words": "水", "size": "small", "urgent": False, "people": chance.randint(0, 9), "share": 0.5}
    facts |= {"day": chance.choice(days), "moment": "2024-02-29T00:00:00Z", "clock": "08:30", "length": "P1D"}
    facts |= told
    matter = common_pb2.Matter(matter_id="m1", facts_json=json.dumps(facts, ensure_ascii=False))
    part = {"matter": "m1", "rate": "0.5", "said": "甲" * chance.randint(1, 900), "day": chance.choice(days)}
    for kind, fields in (*(("letter", letter) for letter in letters), ("part", part)):
        matter.related_facts.add(kind=kind, facts_json=json.dumps(fields, ensure_ascii=False))
    asked = context(at="2026-06-01", view=common_pb2.VIEW_FULL)
    ruleset = "tables" if told else chance.choice(RULESETS)
    return pb.EvaluateRequest(ruleset=ruleset, context=asked, matter=matter).SerializeToString()


def answered(raw: bytes, answers: StraightAnswers) -> object:
    try:
        return evaluate_raw(answers, raw, lambda: NOW)
    except RefusedError as refused:
        return refused.problems


def careful(raw: bytes) -> object:
    try:
        return evaluate_serialized(rulebook(), pb.EvaluateRequest.FromString(raw), NOW)
    except RefusedError as refused:
        return refused.problems
