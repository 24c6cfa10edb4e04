"""What a lower layer may do; what it may not has a file each among the findings."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rules_service.analysis.binding import unlawful
from rules_service.analysis.check import check
from rules_service.engine.rulebook import load_rulebook
from service_kit.problems import RefusedError

RULESETS = Path(__file__).parents[3] / "rulesets"
BASE = Path(__file__).parents[1] / "findings" / "base"

HEAD = """\
ruleset: draft
title: 试验
subject: matter
layer: {layer}{pack}
source: NORM1
in_force_from: {since}
inputs: [channel, repeat]
"""
DUTY = """\
duties:
  - id: d
    title: 试验
    concept: {concept}
    who: organ
    due: {{from: {start}, add: {add}, count: {count}}}
    met_by: [{met}]
    basis: convention
    note: 试验
{more}
"""
TABLE = """\
tables:
  - id: t
    title: 试验
    in: [channel]
    out: {told: {type: string, label: 提示}}
    rows:
      - id: a
        if: ["letter, visit"]
        then: [不受理]
        candidates: [refused]
        basis: convention
        note: 试验
        MORE
"""
EXAMPLES = "examples:\n  - {name: 空, as_of: 2024-05-06, facts: {channel: letter}, expect: {}}\n"
DEPARTS = "departs_from: {source: REG1, article: '2', norm: NORM1, reviewed_by: 法制机构}"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    shutil.copytree(BASE, tmp_path / "base")
    shutil.copytree(RULESETS / "calendars", tmp_path / "base" / "calendars")
    return tmp_path / "base"


def head(layer: str, since: str) -> str:
    """The head of a ruleset; a local one is a pack."""
    return HEAD.format(layer=layer, pack="\npack: P1" if layer == "local" else "", since=since)


def codes(base: Path, body: str, layer: str = "local", since: str = "2021-01-01") -> list[str]:
    draft = base.parent / "draft.yaml"
    draft.write_text(head(layer, since) + body + EXAMPLES, encoding="utf-8")
    findings = [it for it in check([draft], base).findings if it.severity != "information"]
    return [it.code for it in findings if it.code != "R012"]


def duty(
    add: object = 10, count="calendar_days", more="", concept="answered", start="received", met="answered"
) -> str:
    text = DUTY.format(
        add=add, count=count, concept=concept, start=start, met=met, more=f"    {more}" if more else ""
    )
    return text.rstrip() + "\n"


def test_a_shorter_period_tightens(base: Path) -> None:
    assert codes(base, duty(10, more="tightens: clocks/answer")) == []
    assert codes(base, duty(15, more="tightens: clocks/answer")) == []
    assert codes(base, duty(24, "clock_hours", more="tightens: clocks/answer")) == []


def test_working_days_tighten_where_no_holiday_makes_them_longer(base: Path) -> None:
    assert codes(base, duty(3, "working_days", more="tightens: clocks/answer")) == []
    assert codes(base, duty(10, "working_days", more="tightens: clocks/answer")) == ["L004"]


def test_a_longer_window_of_the_petitioner_lengthens(base: Path) -> None:
    more = "owed_by: petitioner\n    tightens: clocks/ask"
    assert codes(base, duty(60, concept="asked", start="answered", met="asked", more=more)) == []


def test_another_start_is_a_duty_of_its_own(base: Path) -> None:
    assert codes(base, duty(30, start="registered")) == []


def test_a_longer_period_is_refused_though_it_claims_nothing(base: Path) -> None:
    assert codes(base, duty(20)) == ["L004"]


def test_an_extension_counts_with_the_period(base: Path) -> None:
    extended = "tightens: clocks/answer\n    extended_by: {event: lengthened, days: days, at_most: %d}"
    assert codes(base, duty(10, more=extended % 5)) == []
    assert codes(base, duty(10, more=extended % 6)) == ["L004"]


def test_a_period_in_working_days_is_compared_with_one_in_days(base: Path) -> None:
    law = base / "law" / "clocks.yaml"
    law.write_text(law.read_text(encoding="utf-8").replace("add: 15", "add: 60"), encoding="utf-8")
    assert codes(base, duty(30, "working_days", more="tightens: clocks/answer")) == []
    assert codes(base, duty(45, "working_days", more="tightens: clocks/answer")) == ["L004"]


def test_the_scope_of_a_stricter_norm_may_hang_on_what_the_law_must_not(base: Path) -> None:
    """A norm that answers first petitions sooner: where it does not apply, the law's own clock does."""
    only_first = 'when: {repeat: "false"}'
    body = duty(3, "working_days", more=f"tightens: clocks/answer\n    {only_first}")
    assert codes(base, body, "national-norm") == []
    assert codes(base, duty(3, "working_days", start="registered", more=only_first), "national-norm") == [
        "G005"
    ]


@pytest.mark.parametrize(
    ("days", "found"), [((3, 15), []), ((10, 20), ["L003"]), ((16, 20), ["L004"])], ids=str
)
def test_days_that_a_table_gives_are_compared_all(
    base: Path, days: tuple[int, int], found: list[str]
) -> None:
    table = f"""\
tables:
  - id: t
    title: 试验
    in: [channel]
    out: {{days: {{type: int, label: 天数}}}}
    rows:
      - {{id: a, if: [letter], then: [{days[0]}], basis: convention, note: 试验}}
      - {{id: b, if: [visit], then: [{days[1]}], basis: convention, note: 试验}}
"""
    body = table + duty("t.days", more="tightens: clocks/answer")
    assert [code for code in codes(base, body) if code != "E004"] == found


def test_a_paper_more_for_a_petitioner_who_repeats_takes_nothing_away(base: Path) -> None:
    row = TABLE.replace("[channel]", "[repeat]").replace("letter, visit", "true")
    assert "G005" not in codes(base, row.replace("candidates: [refused]", "papers: [B01]"), "law")
    assert "G005" in codes(base, row.replace("MORE", ""), "law")


def test_what_was_never_in_force_together_is_not_compared(base: Path) -> None:
    law = base / "law" / "clocks.yaml"
    text = law.read_text(encoding="utf-8")
    ended = "in_force_from: 2020-01-01\nin_force_to: 2022-12-31"
    law.write_text(text.replace("in_force_from: 2020-01-01", ended), encoding="utf-8")
    assert codes(base, duty(20), since="2023-01-01") == []
    assert codes(base, duty(20), since="2022-06-01") == ["L004"]


@pytest.mark.parametrize(
    ("layer", "found"),
    [("sector", []), ("province", []), ("national-norm", ["L006", "L009"]), ("local", ["L006", "L009"])],
)
def test_only_sector_and_province_may_depart(base: Path, layer: str, found: list[str]) -> None:
    assert sorted(codes(base, TABLE.replace("MORE", DEPARTS), layer)) == found


def test_a_departing_duty_may_be_longer(base: Path) -> None:
    assert codes(base, duty(20, more=f"tightens: clocks/answer\n    {DEPARTS}"), "sector") == []


def test_a_refusal_that_the_law_knows_is_not_raised_for_more(base: Path) -> None:
    law = base / "law" / "refusals.yaml"
    law.write_text(
        head("law", "2020-01-01").replace("ruleset: draft", "ruleset: refusals")
        + TABLE.replace("MORE", "")
        + EXAMPLES,
        encoding="utf-8",
    )
    assert codes(base, TABLE.replace("MORE", ""), "sector") == ["L006"]
    assert codes(base, TABLE.replace("MORE", ""), "local") == ["L006"]


def test_a_paper_that_says_yes_or_no_refuses_nothing(base: Path) -> None:
    row = TABLE.replace("candidates: [refused]", "papers: [PAPER]").replace("MORE", "")
    assert codes(base, row.replace("PAPER", "N03")) == ["L006"]
    assert codes(base, row.replace("PAPER", "B07")) == []


@pytest.mark.parametrize(
    ("layer", "from_nobody"),
    [("law", ["G007", "G007"]), ("national-norm", ["L006", "L006"]), ("local", ["L006", "L006"])],
)
def test_a_refusal_that_an_official_has_decided_may_be_carried_out(
    base: Path, layer: str, from_nobody: list[str]
) -> None:
    paper = duty(10, start="turned_down", more="papers: [N03]")
    told = duty(10, start="turned_down", met="turned_down", more="papers: [N03]")
    assert codes(base, paper, layer) == codes(base, told, layer) == []
    assert codes(base, told.replace("from: turned_down", "from: registered"), layer) == from_nobody
    presumed = "add: 10, presumed: {from: registered, add: 5, count: calendar_days}"
    assert codes(base, told.replace("add: 10", presumed), layer) == from_nobody


def test_a_duty_that_a_refusal_meets_among_others_refuses_nothing(base: Path) -> None:
    either = duty(10, start="registered").replace("[answered]", "{any: [answered, turned_down]}")
    assert codes(base, either) == []
    assert codes(base, either.replace("{any: [answered, turned_down]}", "[answered, turned_down]")) == [
        "L006"
    ]


def test_the_shipped_rulesets_have_no_errors() -> None:
    findings = check([RULESETS], RULESETS).findings
    assert [it for it in findings if it.severity == "error"] == []


def test_rulesets_that_are_loaded_together_are_held_to_their_layers(base: Path) -> None:
    (base / "local").mkdir()
    text = head("local", "2021-01-01").replace("[channel, repeat]", "[]") + duty(20) + EXAMPLES
    (base / "local" / "draft.yaml").write_text(text, encoding="utf-8")
    book = load_rulebook(base, [], datetime.now(UTC))
    rulesets = [part.ruleset for parts in book.rulesets.values() for part in parts]
    assert [(it.code, it.line) for it in unlawful(rulesets, book.vocabulary, book.calendar)] == [("L004", 14)]
    shipped = load_rulebook(RULESETS, [], datetime.now(UTC))
    rulesets = [part.ruleset for parts in shipped.rulesets.values() for part in parts]
    assert unlawful(rulesets, shipped.vocabulary, shipped.calendar) == []


def test_revisions_that_differ_in_layer_are_refused_at_load(base: Path) -> None:
    (base / "local").mkdir()
    shutil.copy(BASE.parent / "R028-revision-of-another-layer.yaml", base / "local" / "draft.yaml")
    with pytest.raises(RefusedError) as refused:
        load_rulebook(base, [], datetime.now(UTC))
    assert [problem.code for problem in refused.value.problems] == ["R028", "R028"]
