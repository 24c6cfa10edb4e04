"""Which revision speaks: by the day of law, by the day a clock started, by pin, by adoption."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.rules.v1.answer_pb2 import Answer
from huiyin.rules.v1.common_pb2 import VIEW_FULL, Context, Matter
from rules_service import commands
from rules_service.engine.rulebook import Rulebook, ruleset_files
from rules_service.language import source
from service_kit.problems import RefusedError
from tests.reference.profile import examples
from tests.rules_service.commands.asking import (
    ADOPTIONS,
    NOW,
    SHIPPED,
    assess,
    context,
    evaluate,
    event,
    matter,
    rulesets,
    shanghai,
    shipped,
    stamp,
    states,
)
from tests.rules_service.commands.generated_matters import Story, stories


def notice(days: int, begins: str, ends: str = "", pack: str = "") -> str:
    return f"""
ruleset: notice
title: 告知
subject: matter
layer: {"local" if pack else "law"}
{f"pack: {pack}" if pack else ""}
source: REG22
in_force_from: {begins}
{f"in_force_to: {ends}" if ends else ""}
inputs: [channel]
tables:
  - id: how
    title: 办法
    hit: UNIQUE
    in: [channel]
    out: {{days: {{type: int, label: 天数}}}}
    rows: [{{id: letter, if: [letter], then: [{days}], basis: convention, note: 试}}]
duties:
  - id: told
    title: 告知
    concept: first_notice
    who: competent_organ
    due: {{from: received, add: {days}, count: calendar_days}}
    met_by: [told_in_writing]
    basis: convention
    note: 试
"""


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    folder = tmp_path_factory.mktemp("two") / "rulesets"
    return commands.load(
        rulesets(folder, old=notice(30, "2022-01-01", "2024-06-30"), new=notice(10, "2024-07-01"))
    )


LETTER = {"channel": "letter"}


def days_told(rulebook: Rulebook, **asked: object) -> str:
    answer = assess(rulebook, matter(LETTER), context(**asked))  # type: ignore[arg-type]
    (decision,) = answer.decisions
    return decision.outcome_json


@pytest.mark.parametrize(
    ("day", "days"), [("2024-06-30", 30), ("2024-07-01", 10), ("2022-01-01", 30), ("2030-01-01", 10)]
)
def test_tables_speak_by_the_day_of_law(two: Rulebook, day: str, days: int) -> None:
    assert days_told(two, as_of=day) == f'{{"days":{days}}}'
    assert days_told(two, at="2026-01-01", as_of=day) == f'{{"days":{days}}}'


def test_before_the_first_revision_nothing_is_said(two: Rulebook) -> None:
    answer = assess(two, matter(LETTER, [{"type": "received", "at": "2021-12-31"}]), context(at="2022-02-01"))
    assert [decision.table for decision in answer.decisions] == ["how"]
    assert not answer.duties
    assert not assess(two, matter(LETTER), context(as_of="2021-12-31")).decisions


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2024-06-30T23:59:59", "2024-07-30"),
        ("2024-07-01T00:00:00", "2024-07-11"),
        ("2024-05-01", "2024-05-31"),
    ],
)
@pytest.mark.parametrize("asked", ["2024-07-05", "2025-07-05"])
def test_a_clock_keeps_the_revision_in_force_when_it_started(
    two: Rulebook, received: str, due: str, asked: str
) -> None:
    answer = assess(two, matter(LETTER, [{"type": "received", "at": received}]), context(at=asked))
    (duty,) = answer.duties
    assert shanghai(duty.due_at) == f"{due}T23:59:59"
    used = {item.revision: item.in_force_from for item in answer.revisions.rulesets}
    assert used[duty.revision] == ("2024-07-01" if received.startswith("2024-07") else "2022-01-01")


def test_an_older_day_of_law_does_not_take_a_running_clock_away(two: Rulebook) -> None:
    about = matter(LETTER, [{"type": "received", "at": "2024-07-02"}])
    answer = assess(two, about, context(at="2024-07-20", as_of="2024-06-01"))
    assert [shanghai(duty.due_at) for duty in answer.duties] == ["2024-07-12T23:59:59"]
    assert [decision.outcome_json for decision in answer.decisions] == ['{"days":30}']


def test_a_pinned_revision_speaks_in_the_others_stead(two: Rulebook) -> None:
    old, new = (part.ruleset.name for part in two.slices("notice"))
    about = matter(LETTER, [{"type": "received", "at": "2024-07-02"}])
    for pin, days, due in ((old, 30, "2024-08-01"), (new, 10, "2024-07-12")):
        answer = assess(two, about, context(at="2024-07-20", pinned_revisions=[pin]))
        assert [decision.outcome_json for decision in answer.decisions] == [f'{{"days":{days}}}']
        assert [shanghai(duty.due_at) for duty in answer.duties] == [f"{due}T23:59:59"]
    named = evaluate(two, old, about, context(at="2024-07-20"))
    assert [decision.outcome_json for decision in named.decisions] == ['{"days":30}']


def asked_again(
    rulebook: Rulebook, about: Matter, asked: Context, named: Callable[..., Answer] = assess
) -> tuple[Answer, Answer]:
    """An answer, and what is said with its own list of revisions as pins, but for the id."""
    first = named(rulebook, about, asked)
    pinned = Context()
    pinned.CopyFrom(asked)
    pinned.pinned_revisions.extend(f"{one.ruleset}@{one.revision}" for one in first.revisions.rulesets)
    again = named(rulebook, about, pinned)
    again.decision_id = first.decision_id
    return first, again


@pytest.mark.parametrize("turned", [False, True])
def test_an_answer_of_two_revisions_is_had_again_by_its_own_list(two: Rulebook, turned: bool) -> None:
    events = [{"type": "received", "at": day} for day in ("2024-06-20", "2024-07-02")]
    about, asked = matter(LETTER, events), context(at="2024-07-10", as_of="2024-07-10")
    first = assess(two, about, asked)
    asked.pinned_revisions.extend(f"{one.ruleset}@{one.revision}" for one in first.revisions.rulesets)
    if turned:
        asked.pinned_revisions.reverse()
    again = assess(two, about, asked)
    assert [shanghai(duty.due_at)[:10] for duty in first.duties] == ["2024-07-12", "2024-07-20"]
    again.decision_id = first.decision_id
    assert again == first


def test_pinned_a_law_that_has_ended_has_the_clocks_that_it_started_and_no_more() -> None:
    facts = {"channel": "letter", "receiver": "organ", "remit": "own", "category": "appeal", "branch": "6"}
    events = [
        {"type": "received", "at": "2022-04-20T10:00"},
        {"type": "accepted", "at": "2022-04-25T10:00"},
    ]
    asked = context(at="2022-08-10", as_of="2022-08-10")
    first, again = asked_again(shipped(), matter(facts, events), asked)
    assert [finding.code for finding in first.findings] == ["B43_1"]
    assert again == first


def test_pinned_a_pack_has_the_clocks_that_started_since_its_adoption_and_no_more() -> None:
    events = [{"type": "received", "at": day} for day in ("2025-12-20T10:00", "2026-01-05T10:00")]
    facts = {"channel": "visit", "receiver": "organ", "remit": "own", "category": "appeal", "branch": "6"}
    asked = context(at="2026-01-10", as_of="2026-01-10")
    first, again = asked_again(shipped(), matter(facts, events), asked)
    assert {one.pack for one in first.revisions.rulesets} > {""}
    assert again == first


def without_tables(text: str, when: str = "") -> str:
    """A notice that has duties alone, owed WHEN something is told."""
    return (
        text[: text.index("tables:")]
        + text[text.index("duties:") :]
        + (f"    when: {when}\n" if when else "")
    )


def presuming(text: str, amount: object) -> str:
    """A notice whose clock is presumed to start some days after the receipt."""
    presumed = f"{{from: received, add: {amount}, count: calendar_days}}"
    due = f"due: {{from: accepted, add: 60, count: calendar_days, presumed: {presumed}}}"
    return text.replace("due: {from: received, add: 9, count: calendar_days}", due)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        (
            without_tables(notice(30, "2022-01-01", "2024-06-30"), "{channel: visit}"),
            notice(10, "2024-07-01"),
            ["2024-07-01"],
        ),
        (
            notice(30, "2022-01-01", "2024-06-30"),
            without_tables(notice(10, "2024-07-01"), "{channel: visit}"),
            ["2022-01-01", "2024-07-01"],
        ),
        (
            presuming(notice(9, "2022-01-01", "2024-06-30"), 15),
            presuming(notice(9, "2024-07-01"), 10),
            ["2024-07-01"],
        ),
    ],
    ids=["a duty that is new", "a duty that is no more", "a presumption of before"],
)
def test_what_the_other_revision_did_not_say_is_not_said_when_asked_again(
    old: str, new: str, named: list[str], tmp_path: Path
) -> None:
    rulebook = commands.load(rulesets(tmp_path / "rulesets", old=old, new=new))
    about = matter(LETTER, [{"type": "received", "at": "2024-06-20"}])
    for ask in (assess, evaluate_notice):
        first, again = asked_again(rulebook, about, context(at="2024-07-20"), ask)
        assert sorted(one.in_force_from for one in first.revisions.rulesets) == named
        assert again == first


def evaluate_notice(rulebook: Rulebook, about: Matter, asked: Context) -> Answer:
    return evaluate(rulebook, "notice", about, asked)


def test_a_pinned_draft_speaks_in_the_stead_of_what_is_in_force(two: Rulebook) -> None:
    """Of a revision that is not in force yet, and of a ruleset that is not."""
    old, new = (part.ruleset.name for part in two.slices("notice"))
    running = matter(LETTER, [{"type": "received", "at": "2024-02-01"}])
    trial = assess(two, running, context(at="2024-02-05", pinned_revisions=[new]))
    assert [shanghai(duty.due_at)[:10] for duty in trial.duties] == ["2024-02-11"]
    assert [decision.outcome_json for decision in trial.decisions] == ['{"days":10}']
    early = matter(LETTER, [{"type": "received", "at": "2021-02-01"}])
    trial = assess(two, early, context(at="2021-02-05", pinned_revisions=[old]))
    assert [shanghai(duty.due_at)[:10] for duty in trial.duties] == ["2021-03-03"]


def test_a_pinned_revision_of_a_sleeping_pack_speaks_in_the_stead_of_another(tmp_path: Path) -> None:
    old, new = ("2022-01-01", "2024-06-30"), ("2024-07-01", "")
    texts = {"old": notice(30, *old, pack="S002"), "new": notice(10, *new, pack="S002")}
    rulebook = commands.load(rulesets(tmp_path / "rulesets", **texts))
    later = rulebook.slices("notice")[1].ruleset.name
    assert days_told(rulebook, at="2024-02-05", pinned_revisions=[later]) == '{"days":10}'


def test_a_pinned_pack_that_nobody_has_adopted_is_tried(tmp_path: Path) -> None:
    folder = rulesets(tmp_path / "r", local=notice(10, "2022-01-01", pack="S002"))
    rulebook = commands.load(
        folder, [adoptions(tmp_path, ENTRY.format(place="990101", begins="2026-01-01", more=""))]
    )
    pins = [part.ruleset.name for part in rulebook.slices("notice")]
    about = matter(LETTER, [{"type": "received", "at": "2025-12-20"}])
    for day, owed in (("2025-12-21", True), ("2026-01-10", False)):
        answer = assess(rulebook, about, context(at=day, pinned_revisions=pins))
        assert answer.decisions
        assert bool(answer.duties) is owed


def moved(story: Story, to: datetime) -> Story:
    """The story with its first event at another moment, and all else as far from it as before."""
    first = min((stamp(str(told["at"])).ToDatetime(UTC) for told in story.events), default=None)
    by = to - (first or stamp(story.at).ToDatetime(UTC))

    def later(moment: object) -> str:
        return (stamp(str(moment)).ToDatetime(UTC) + by).strftime("%Y-%m-%dT%H:%M:%SZ")

    events = tuple({**told, "at": later(told["at"])} for told in story.events)
    return replace(story, events=events, at=later(story.at))


@examples(150)
@given(
    stories(),
    st.sampled_from([datetime(2022, 5, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)]),
    st.integers(-60, 5),
    st.sampled_from([0, 0, -60, -5, 5, 60]),
)
def test_whatever_is_asked_is_answered_alike_by_the_answer_s_own_list(
    story: Story, change: datetime, days: int, apart: int
) -> None:
    """Around the day of a new law, and around the day on which packs are adopted."""
    told = moved(story, change + timedelta(days=days))
    as_of = stamp(told.at).ToDatetime(UTC) + timedelta(days=apart)
    asked = context(at=told.at, as_of=as_of.date().isoformat(), view=VIEW_FULL)
    first, again = asked_again(shipped(), told.message(), asked)
    assert again == first


def test_evaluate_by_bare_name_takes_the_revision_of_the_day(two: Rulebook) -> None:
    answer = evaluate(two, "notice", matter(LETTER), context(as_of="2024-06-30"))
    assert [decision.outcome_json for decision in answer.decisions] == ['{"days":30}']


def test_the_decision_id_changes_with_the_revision_and_not_with_its_comments(tmp_path: Path) -> None:
    def asked(name: str, text: str) -> str:
        rulebook = commands.load(rulesets(tmp_path / name, notice=text))
        return assess(rulebook, matter(LETTER), context(at="2024-08-01")).decision_id

    text = notice(10, "2024-07-01")
    assert asked("one", text) == asked("same", f"# 说明\n{text}")
    assert asked("other", notice(11, "2024-07-01")) != asked("again", text)


def turned(node: source.Node) -> object:
    """What a ruleset says, the keys of mappings reversed but for outputs and patterns."""
    match node:
        case source.Entries():
            kept = {"out"} if "hit" in node.values else {"when"} if "then" in node.values else set()
            return {
                key: {inner: turned(it) for inner, it in value.values.items()}
                if key in kept and isinstance(value, source.Entries)
                else turned(value)
                for key, value in reversed(node.values.items())
            }
        case source.Sequence():
            return [turned(item) for item in node.items]
        case source.Text():
            return node.value


def test_the_order_of_conditions_is_no_part_of_what_is_said(tmp_path: Path) -> None:
    text = notice(30, "2022-01-01") + "    when: {%s}\n"
    text = text.replace("inputs: [channel]", "inputs: [channel, category, branch]")
    conditions = ["channel: letter", "category: appeal", 'branch: "2"']
    asked = pb.AssessRequest(
        context=context(at="2024-05-07", view=VIEW_FULL),
        matter=matter({}, [{"type": "received", "at": "2024-05-06"}]),
    )
    answers = set()
    for number, order in enumerate((conditions, conditions[::-1])):
        rulebook = commands.load(rulesets(tmp_path / f"{number}", notice=text % ", ".join(order)))
        answers.add(commands.assess(rulebook, asked, NOW).SerializeToString())
    assert len(answers) == 1


@pytest.fixture(scope="module")
def turned_round(tmp_path_factory: pytest.TempPathFactory) -> Rulebook:
    """The shipped rulesets, written in another order of keys."""
    folder = tmp_path_factory.mktemp("turned") / "rulesets"
    shutil.copytree(SHIPPED, folder)
    for file in ruleset_files(folder):
        node, _ = source.read_file(file)
        assert node is not None
        file.write_text(json.dumps(turned(node), ensure_ascii=False), encoding="utf-8")
    return commands.load(folder, [ADOPTIONS])


@examples(100)
@given(stories())
def test_one_revision_gives_the_same_bytes_in_whatever_order_its_keys_stand(
    turned_round: Rulebook, story: Story
) -> None:
    asked = pb.AssessRequest(context=context(at=story.at), matter=story.message())
    answers = [commands.assess(book, asked, NOW).SerializeToString() for book in (shipped(), turned_round)]
    assert answers[0] == answers[1]


def test_which_part_of_a_revision_took_part_does_not_hang_on_what_was_asked_before(tmp_path: Path) -> None:
    """A parameter with a later value makes two parts of one revision, which differ in their first day."""
    dated = notice(30, "2022-01-01").replace("add: 30,", "add: days,") + (
        "parameters:\n"
        "  days:\n    label: 天数\n    type: int\n    basis: convention\n    note: 试\n"
        "    values: [{from: 2022-01-01, value: 30}, {from: 2024-07-01, value: 10}]\n"
    )
    parts = commands.load(rulesets(tmp_path / "dated", notice=dated))

    def told(day: str) -> list[str]:
        answer = assess(parts, matter(LETTER), context(at=day))
        return [item.in_force_from for item in answer.revisions.rulesets]

    for day, first_day in [("2024-06-30", "2022-01-01"), ("2024-07-01", "2024-07-01")] * 2:
        assert told(day) == [first_day]


def test_two_revisions_in_force_on_one_day_are_refused(tmp_path: Path) -> None:
    folder = rulesets(
        tmp_path / "r", old=notice(30, "2022-01-01", "2024-07-01"), new=notice(10, "2024-07-01")
    )
    with pytest.raises(RefusedError) as refused:
        commands.load(folder)
    assert any("2024-07-01" in problem.message for problem in refused.value.problems)


PARAMETERS = """parameters:
  days:
    label: 天数
    type: int
    values: [{from: 2022-01-01, value: 10}, {from: 2024-07-01, value: 5}]
    basis: convention
    note: 试
tables:"""
DATED = notice(10, "2022-01-01").replace("add: 10", "add: days").replace("then: [10]", "then: [days]")


def test_a_parameter_changes_on_its_day_and_a_running_clock_keeps_the_old_value(tmp_path: Path) -> None:
    rulebook = commands.load(rulesets(tmp_path / "r", dated=DATED.replace("tables:", PARAMETERS)))
    assert days_told(rulebook, as_of="2024-06-30") == '{"days":10}'
    assert days_told(rulebook, as_of="2024-07-01") == '{"days":5}'
    about = matter(LETTER, [{"type": "received", "at": "2024-06-30"}])
    (duty,) = assess(rulebook, about, context(at="2024-07-08")).duties
    assert shanghai(duty.due_at) == "2024-07-10T23:59:59"


def dated(values: dict[str, int]) -> str:
    """A parameter `most` before the tables."""
    told = ", ".join(f"{{from: {day}, value: {value}}}" for day, value in values.items())
    return f"""parameters:
  most: {{label: 天数, type: int, values: [{told}], basis: convention, note: 试}}
tables:"""


def test_a_pinned_revision_keeps_the_days_of_its_parameters(tmp_path: Path) -> None:
    text = notice(10, "2022-01-01").replace("add: 10", "add: most")
    text = text.replace("tables:", dated({"2022-01-01": 50, "2024-01-01": 30}))
    rulebook = commands.load(rulesets(tmp_path / "rulesets", notice=text))
    name = rulebook.slices("notice")[0].ruleset.name
    running = matter(LETTER, [{"type": "received", "at": "2023-12-20"}])
    answers = [
        assess(rulebook, running, context(at="2024-01-10")),
        assess(rulebook, running, context(at="2024-01-10", pinned_revisions=[name])),
        evaluate(rulebook, name, running, context(at="2024-01-10")),
    ]
    assert [shanghai(answer.duties[0].due_at)[:10] for answer in answers] == ["2024-02-08"] * 3
    before = matter(LETTER, [{"type": "received", "at": "2021-12-20"}])
    early = context(at="2022-02-01", pinned_revisions=[name])
    assert not assess(rulebook, before, early).duties
    assert shanghai(evaluate(rulebook, name, before, early).duties[0].due_at)[:10] == "2022-02-08"


@pytest.mark.parametrize("files", [1, 2])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(("before", "after", "begins"), [(15, 10, "2024-07-03"), (10, 15, "2024-06-28")])
def test_a_start_is_presumed_once_where_the_presumption_changes_meanwhile(
    before: int, after: int, begins: str, late: bool, files: int, tmp_path: Path
) -> None:
    """By the revision in force on the day from which it is presumed."""

    if files == 2:
        texts = {
            "old": presuming(notice(9, "2022-01-01", "2024-06-30"), before),
            "new": presuming(notice(9, "2024-07-01"), after),
        }
    else:
        values = dated({"2022-01-01": before, "2024-07-01": after})
        texts = {"one": presuming(notice(9, "2022-01-01"), "most").replace("tables:", values)}
    rulebook = commands.load(rulesets(tmp_path / "rulesets", **texts))
    events = [{"type": "received", "at": "2024-06-18T10:00"}]
    if late:
        events.append({"type": "accepted", "at": "2024-07-05T10:00"})
    answer = assess(rulebook, matter(LETTER, events), context(at="2024-08-20"))
    assert [shanghai(duty.started_at)[:10] for duty in answer.duties] == [begins]


def test_a_running_duty_of_an_office_stays_when_its_revision_is_replaced(tmp_path: Path) -> None:
    def mending(days: int, begins: str, ends: str) -> str:
        return f"""
ruleset: mending
title: 整改
subject: office
layer: law
source: REG22
in_force_from: {begins}
{f"in_force_to: {ends}" if ends else ""}
inputs: [matters_in_quarter]
counts: [{{as: matters_in_quarter, during: received, basis: convention, note: 试}}]
tables:
  - id: by_number
    title: 按件数
    each: office
    hit: UNIQUE
    in: [matters_in_quarter]
    out: {{days: {{type: int, label: 天数}}}}
    rows: [{{id: any, if: [">= 0"], then: [{days}], basis: convention, note: 试}}]
duties:
  - id: mend
    title: 整改
    each: office
    concept: mended
    who: responsible_office
    due: {{from: mending_ordered, add: by_number.days, count: calendar_days}}
    met_by: [mended]
    basis: convention
    note: 试
"""

    texts = {
        "old": mending(30, "2022-01-01", "2024-06-30"),
        "new": mending(10, "2024-07-01", ""),
    }
    rulebook = commands.load(rulesets(tmp_path / "rulesets", **texts))
    office = pb.Office(
        office_id="o", events=[event(1, {"type": "mending_ordered", "at": "2024-06-20T10:00"})]
    )
    period = pb.Period(first_day="2024-04-01", last_day="2024-06-30")
    for at in ("2024-06-25", "2024-07-05"):
        request = pb.AssessOfficeRequest(context=context(at=at), office=office, period=period)
        answer = commands.assess_office(rulebook, [request], NOW).answer
        assert [shanghai(duty.due_at)[:10] for duty in answer.duties] == ["2024-07-20"]


def adoptions(folder: Path, *entries: str) -> Path:
    path = folder / "adoptions.yaml"
    path.write_text("adoptions:\n" + "\n".join(f"  - {entry}" for entry in entries), encoding="utf-8")
    return path


ENTRY = (
    '{{pack: S002, office: 甲, jurisdiction: "{place}", '
    "in_force_from: {begins}, review_by: 2027-01-01{more}}}"
)


@pytest.mark.parametrize(
    ("adopted", "asked", "awake"),
    [
        ("990101", "990101", True),
        ("990101", "990102", False),
        ("990101", "990101001", True),
        ("990101001", "990101", False),
        ("990101001", "990101001", True),
        ("990100", "990101", True),
        ("990000", "990101", True),
        ("990000", "980101", False),
        ("990101", "", False),
    ],
)
def test_a_pack_is_awake_in_the_places_below_the_one_that_adopted_it(
    tmp_path: Path, adopted: str, asked: str, awake: bool
) -> None:
    folder = rulesets(tmp_path / "r", local=notice(10, "2022-01-01", pack="S002"))
    adopting = adoptions(tmp_path, ENTRY.format(place=adopted, begins="2024-01-01", more=""))
    rulebook = commands.load(folder, [adopting])
    about = matter(LETTER, [{"type": "received", "at": "2024-05-06"}])
    assert bool(assess(rulebook, about, context(at="2024-05-07", place=asked)).duties) is awake


def test_a_pack_sleeps_without_an_adoption_and_still_answers_who_asks_for_it_by_name(tmp_path: Path) -> None:
    rulebook = commands.load(rulesets(tmp_path / "r", local=notice(10, "2022-01-01", pack="S002")))
    about = matter(LETTER, [{"type": "received", "at": "2024-05-06"}])
    assert not assess(rulebook, about, context(at="2024-05-07")).duties
    assert evaluate(rulebook, "notice", about, context(at="2024-05-07")).duties


@pytest.mark.parametrize(
    ("received", "awake"),
    [
        ("2023-12-31T23:59:59", False),
        ("2024-01-01T00:00:00", True),
        ("2024-06-30T23:59:59", True),
        ("2024-07-01T00:00:00", False),
    ],
)
def test_an_adoption_holds_from_its_first_to_its_last_day_for_the_clocks_that_start_in_it(
    tmp_path: Path, received: str, awake: bool
) -> None:
    folder = rulesets(tmp_path / "r", local=notice(10, "2022-01-01", pack="S002"))
    entry = ENTRY.format(place="990101", begins="2024-01-01", more=", in_force_to: 2024-06-30")
    rulebook = commands.load(folder, [adoptions(tmp_path, entry)])
    about = matter(LETTER, [{"type": "received", "at": received}])
    answer = assess(rulebook, about, context(at="2024-08-01"))
    assert bool(answer.duties) is awake
    assert not answer.decisions


def test_a_local_duty_of_the_same_meaning_makes_the_due_time_tighter_and_keeps_both_citations(
    tmp_path: Path,
) -> None:
    folder = rulesets(
        tmp_path / "r",
        law=notice(15, "2022-05-01"),
        local=notice(10, "2022-05-01", pack="S002").replace("ruleset: notice", "ruleset: tighter"),
    )
    adopting = adoptions(tmp_path, ENTRY.format(place="990101", begins="2024-01-01", more=""))
    about = matter(LETTER, [{"type": "received", "at": "2024-05-06"}])
    answer = assess(commands.load(folder, [adopting]), about, context(at="2024-05-07"))
    (duty,) = answer.duties
    assert (duty.ruleset, shanghai(duty.due_at)) == ("tighter", "2024-05-16T23:59:59")
    assert len(duty.merged_duty_ids) == 1
    assert states(answer) == {"told": "pending"}


def test_an_adoption_of_a_pack_that_is_not_there_is_refused(tmp_path: Path) -> None:
    entry = ENTRY.format(place="990101", begins="2024-01-01", more="").replace("S002", "S999")
    with pytest.raises(RefusedError) as refused:
        commands.load(rulesets(tmp_path / "r", law=notice(15, "2022-05-01")), [adoptions(tmp_path, entry)])
    assert any("S999" in problem.message for problem in refused.value.problems)


def test_the_catalogue_tells_states_revisions_and_pages(tmp_path: Path) -> None:
    folder = rulesets(
        tmp_path / "r",
        old=notice(30, "2022-01-01", "2024-06-30"),
        new=notice(10, "2024-07-01", "2024-12-31"),
        local=notice(10, "2022-05-01", pack="S002").replace("ruleset: notice", "ruleset: asleep"),
    )
    rulebook = commands.load(folder)

    def listed(day: str) -> dict[str, int]:
        request = pb.ListRulesetsRequest(as_of=day, jurisdiction="990101")
        return {item.name: item.state for item in commands.list_rulesets(rulebook, request, NOW).rulesets}

    assert listed("2024-05-01") == {
        "notice": pb.RULESET_STATE_IN_FORCE,
        "asleep": pb.RULESET_STATE_SLEEPING,
    }
    assert listed("2025-05-01")["notice"] == pb.RULESET_STATE_NOT_IN_FORCE
    first = commands.list_rulesets(rulebook, pb.ListRulesetsRequest(page_size=1), NOW)
    rest = commands.list_rulesets(
        rulebook, pb.ListRulesetsRequest(page_size=1, page_token=first.next_page_token), NOW
    )
    assert [item.name for item in (*first.rulesets, *rest.rulesets)] == ["asleep", "notice"]
    assert not rest.next_page_token
    got = commands.get_ruleset(rulebook, pb.GetRulesetRequest(name="notice", as_of="2024-05-01"), NOW)
    assert [(item.in_force_from, item.in_force_to) for item in got.ruleset.revisions] == [
        ("2022-01-01", "2024-06-30"),
        ("2024-07-01", "2024-12-31"),
    ]
    assert "add: 30" in got.source_yaml


@pytest.mark.parametrize("token", ["x", "!", "AAAA", "8J+", "_w=="])
def test_a_page_token_that_was_not_given_out_is_refused_or_is_a_place_in_the_list(
    token: str, tmp_path: Path
) -> None:
    rulebook = commands.load(rulesets(tmp_path / "r", law=notice(15, "2022-05-01")))
    places: list[str] = []
    try:
        names = [
            item.name
            for item in commands.list_rulesets(
                rulebook, pb.ListRulesetsRequest(page_token=token), NOW
            ).rulesets
        ]
    except RefusedError as refused:
        names, places = [], [problem.place for problem in refused.problems]
    assert (names, places) in [([], ["page_token"]), (["notice"], []), ([], [])]


def test_another_title_of_a_source_is_another_revision_and_another_answer(tmp_path: Path) -> None:
    answers = []
    for number, title in enumerate(("", "新的")):
        folder = rulesets(tmp_path / str(number), notice=notice(15, "2022-05-01"))
        register = folder / "sources.yaml"
        register.write_text(register.read_text().replace("title: ", f"title: {title}", 1))
        answers.append(assess(commands.load(folder), matter({"channel": "letter"}), context(at="2024-05-06")))
    before, after = answers
    assert before.revisions.sources != after.revisions.sources
    assert before.decision_id != after.decision_id
    assert before.revisions.rulesets == after.revisions.rulesets
