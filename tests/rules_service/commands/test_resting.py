"""An answer names the conventions and the unverified figures that it rests on, and no others."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.rules_service.commands.asking import NOW, assess, context, evaluate, matter, rulesets, states

CITE = "cite: [{source: REG22, article: '19.1', quote: 信访人一般应当采用书面形式提出信访事项}]"
HEAD = """
ruleset: {ruleset}
title: 试
subject: {subject}
layer: law
source: REG22
in_force_from: 2022-05-01
"""
TABLES = (
    HEAD.format(ruleset="rests", subject="matter")
    + """
inputs: [channel, representatives]
parameters:
  few: {label: 少, type: int, value: 3, basis: unverified, note: 试}
  many: {label: 多, type: int, value: 9, basis: unverified, note: 试}
  said: {label: 天数, type: int, value: 7, basis: unverified, note: 试}
  waited: {label: 天数, type: int, value: 7, basis: unverified, note: 试}
tables:
  - {id: first, title: 先, hit: FIRST, in: [channel, representatives],
     out: {days: {type: int, label: 天数}}, rows: [
      {id: large, if: [visit, "> many"], then: [5], CITE},
      {id: small, if: ["letter, visit", "<= few"], then: [said], CITE},
      {id: rest, if: [not(fax), "-"], then: [3], CITE}]}
  - {id: only, title: 独, hit: UNIQUE, in: [channel, representatives],
     out: {days: {type: int, label: 天数}}, rows: [
      {id: large, if: [online, "> waited"], then: [5], CITE}]}
"""
)
DUTIES = (
    HEAD.format(ruleset="owed", subject="matter")
    + """
inputs: [representatives, channel]
parameters:
  applies: {label: 少, type: int, value: 3, basis: unverified, note: 试}
  excused: {label: 多, type: int, value: 9, basis: unverified, note: 试}
  visits: {label: 多, type: int, value: 9, basis: unverified, note: 试}
  days: {label: 天数, type: int, value: 10, basis: unverified, note: 试}
  warning: {label: 天数, type: int, value: 2, basis: unverified, note: 试}
  most: {label: 天数, type: int, value: 30, basis: unverified, note: 试}
  presumed: {label: 天数, type: int, value: 5, basis: unverified, note: 试}
duties:
  - {id: answer, title: 答复, concept: handled, who: competent_organ, when: {representatives: ">= applies"},
     unless: [{if: {representatives: ">= excused"}, CITE},
              {if: {representatives: ">= visits", channel: visit}, CITE}],
     due: {from: accepted, add: days, count: calendar_days,
           presumed: {from: received, add: presumed, count: calendar_days}},
     extended_by: {event: extension_approved, days: days_extended, at_most: most},
     due_soon_days: warning, met_by: [opinion_issued], CITE}
"""
)


def loaded(folder: Path, **texts: str) -> Rulebook:
    return commands.load(
        rulesets(folder / "r", **{name: text.replace("CITE", CITE) for name, text in texts.items()})
    )


@pytest.mark.parametrize(
    ("facts", "wanted"),
    [
        ({"channel": "visit", "representatives": 2}, {"many", "few", "said"}),
        ({"channel": "letter", "representatives": 2}, {"few", "said"}),
        ({"channel": "letter", "representatives": 5}, {"few"}),
        ({"channel": "visit", "representatives": 20}, {"many"}),
        ({"channel": "telephone", "representatives": 5}, set()),
        ({"channel": "telephone"}, set()),
        ({"channel": "online", "representatives": 5}, {"waited"}),
    ],
)
def test_a_table_rests_on_what_finds_its_rows_and_what_alone_keeps_others_out(
    facts: Mapping[str, object], wanted: set[str], tmp_path: Path
) -> None:
    answer = evaluate(loaded(tmp_path, rests=TABLES), "rests", matter(facts), context(at="2026-05-07"))
    assert {one.place for one in answer.rests_on} == {f"rests/{name}" for name in wanted}


RECEIVED = {"type": "received", "at": "2026-05-06"}
ACCEPTED = {"type": "accepted", "at": "2026-05-06"}
ANSWERED = {"type": "opinion_issued", "at": "2026-05-08"}
EXTENDED = {"type": "extension_approved", "at": "2026-05-07", "days_extended": 5}
RUNS = {"applies", "excused", "days"}


@pytest.mark.parametrize(
    ("facts", "events", "at", "state", "wanted"),
    [
        ({}, [ACCEPTED], "2026-05-07", "pending", RUNS | {"warning"}),
        ({}, [ACCEPTED], "2026-06-07", "overdue", RUNS),
        ({}, [ACCEPTED, ANSWERED], "2026-05-09", "met", RUNS),
        ({}, [ACCEPTED, EXTENDED, ANSWERED], "2026-05-09", "met", RUNS | {"most"}),
        ({"channel": "visit"}, [ACCEPTED, ANSWERED], "2026-05-09", "met", RUNS | {"visits"}),
        ({}, [RECEIVED, ANSWERED], "2026-05-20", "met", RUNS | {"presumed"}),
        ({}, [RECEIVED], "2026-05-07", "not_started", set()),
    ],
)
def test_a_duty_rests_on_its_conditions_and_on_what_its_clock_looks_at(
    facts: Mapping[str, object],
    events: Sequence[Mapping[str, object]],
    at: str,
    state: str,
    wanted: set[str],
    tmp_path: Path,
) -> None:
    about = matter({"representatives": 5, "channel": "letter", **facts}, events)
    answer = evaluate(loaded(tmp_path, owed=DUTIES), "owed", about, context(at=at))
    assert states(answer) == {"answer": state}
    assert {one.place for one in answer.rests_on} == {f"owed/{name}" for name in wanted}


LENGTH = """
inputs: []
parameters:
  days: {label: 天数, type: int, value: DAYS, basis: unverified, note: 试}
  shown: {label: 天数, type: int, value: 4, basis: unverified, note: 试}
duties:
  - {id: tell, title: 告知, concept: first_notice, who: competent_organ,
     due: {from: received, add: days, count: calendar_days}, met_by: [told_in_writing],
     finding: {code: A43, CITE}, papers: [{paper: N02, fields: {received_days: shown}}],
     basis: convention, note: 试}
"""


def tells(ruleset: str, days: int) -> str:
    return HEAD.format(ruleset=ruleset, subject="matter") + LENGTH.replace("DAYS", str(days))


def test_duties_that_became_one_rest_each_on_its_own_rule_and_a_field_on_the_one_that_fills_it(
    tmp_path: Path,
) -> None:
    rulebook = loaded(tmp_path, tight=tells("tight", 5), loose=tells("loose", 9))
    answer = assess(rulebook, matter({}, [RECEIVED]), context(at="2026-05-07"))
    (duty,) = answer.duties
    assert (duty.ruleset, len(duty.merged_duty_ids)) == ("tight", 1)
    wanted = {f"{ruleset}/{name}" for ruleset in ("tight", "loose") for name in ("tell", "days")}
    (paper,) = answer.papers
    assert {one.place for one in answer.rests_on} == wanted | {f"{paper.ruleset}/shown"}


OFFICE = (
    HEAD.format(ruleset="counting", subject="office")
    + """
inputs: [category, representatives, channel, letters, people, walk_ins]
parameters:
  many: {label: 多, type: int, value: 3, basis: unverified, note: 试}
  least: {label: 组, type: int, value: 5, basis: unverified, note: 试}
counts:
  - {as: letters, during: received, where: {representatives: ">= many"}, basis: convention, note: 试}
  - {as: walk_ins, during: received, where: {channel: visit}, basis: convention, note: 试}
  - {as: people, during: received, where: {}, by: category, at_least: least, CITE}
tables:
  - {id: grade, title: 色, each: office, hit: FIRST, in: [letters, walk_ins],
     out: {colour: {type: enum colour, label: 颜色}}, rows: [
      {id: none, if: ["0", "-"], then: [red], CITE},
      {id: some, if: ["-", "0"], then: [orange], CITE},
      {id: rest, if: ["-", "-"], then: [yellow], CITE}]}
MORE
"""
)
SHARE = (
    "indicators:\n  - {id: told_share, of_duties: [first_notice], part: [met], whole: [met, pending], CITE}"
)
TOTAL = "indicators:\n  - {id: told_share, total: {count: walk_ins}, CITE}"
WORDS = {
    "facts": "".join(
        f'  {name}: {{type: int, label: 数, english: Number, purpose: 试, counted: "true"}}\n'
        for name in ("letters", "people", "walk_ins")
    ),
    "indicators": "  told_share: [率, Share]\n",
}


@pytest.mark.parametrize(
    ("more", "representatives", "wanted"),
    [
        ("", 1, {"least", "letters", "many"}),
        ("", 5, {"least", "letters", "many", "walk_ins"}),
        (TOTAL, 1, {"least", "letters", "many", "walk_ins"}),
        (SHARE, 1, {"least", "letters", "many", "tell", "days"}),
    ],
)
def test_an_office_rests_on_the_counts_and_the_duties_that_something_is_made_of(
    more: str, representatives: int, wanted: set[str], tmp_path: Path
) -> None:
    folder = rulesets(
        tmp_path / "r",
        counting=OFFICE.replace("MORE", more).replace("CITE", CITE),
        telling=tells("telling", 60).replace("CITE", CITE),
    )
    words = (folder / "vocabulary.yaml").read_text(encoding="utf-8")
    for heading, told in WORDS.items():
        words = words.replace(f"\n{heading}:\n", f"\n{heading}:\n{told}", 1)
    (folder / "vocabulary.yaml").write_text(words, encoding="utf-8")
    facts = {"category": "appeal", "representatives": representatives, "channel": "letter"}
    request = pb.AssessOfficeRequest(
        context=context(at="2026-06-01"),
        office=pb.Office(office_id="o"),
        period=pb.Period(first_day="2026-04-01", last_day="2026-06-30"),
        matters=[matter(facts, [RECEIVED])],
    )
    answer = commands.assess_office(commands.load(folder), [request], NOW).answer
    assert {one.place.split("/")[1] for one in answer.rests_on} == wanted
