"""Knowing that someone comes again, goes too high or comes with others never costs them anything.

Exceptions are those of the text alone: 19.3 and 36.3 (candidates for an official), 23.2 (name or address
unclear), 22.2 and 20.2 (a visit is guided where a letter is forwarded). One sector refuses visits above
the competent level; nothing else ever may.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import answer_pb2
from rules_service import commands
from rules_service.engine.rulebook import load_rulebook
from rules_service.language.model.subjects import Subject
from service_kit.problems import RefusedError
from tests.reference.profile import examples
from tests.rules_service.commands.asking import assess, context, evaluate, matter, rulesets, shipped
from tests.rules_service.commands.generated_matters import FACTS, Story, stories

MATTER_RULESETS = sorted(
    name for name, slices in shipped().rulesets.items() if slices[0].ruleset.subject is Subject.MATTER
)
STATUTORY = "clocks"
NEVER = float("inf")


def answers(story: Story) -> dict[str, answer_pb2.Answer]:
    """What each ruleset says by itself, before duties of one meaning are merged."""
    return {
        name: evaluate(shipped(), name, story.message(), context(at=story.at)) for name in MATTER_RULESETS
    }


Key = tuple[str, ...]


def duties(answer: answer_pb2.Answer) -> dict[Key, float]:
    """Each duty with its due time; one without a number, or not started, is due never."""
    return {
        (duty.ruleset, duty.rule, duty.request_id, duty.started_by, duty.recipient_key): (
            float(duty.due_at.seconds) if duty.HasField("due_at") else NEVER
        )
        for duty in answer.duties
    }


def papers(answer: answer_pb2.Answer) -> set[Key]:
    return {(paper.ruleset, paper.paper, paper.variant, paper.request_id) for paper in answer.papers}


def candidates(answer: answer_pb2.Answer) -> set[Key]:
    return {(item.ruleset, item.rule, item.code, item.request_id) for item in answer.candidates}


def costs(before: answer_pb2.Answer, after: answer_pb2.Answer) -> list[str]:
    """What a petitioner would lose: duties, earlier due times, notices, or freedom from a refusal."""
    old, new = duties(before), duties(after)
    found = [f"duty gone: {key}" for key in old.keys() - new.keys()]
    found += [f"due later: {key}" for key in old.keys() & new.keys() if new[key] > old[key]]
    found += [f"paper gone: {key}" for key in papers(before) - papers(after)]
    found += [f"candidate: {key}" for key in candidates(after) - candidates(before)]
    return found


# The ecology sector's own ground: a candidate in a pack that sleeps, which says that it departs.
SECTOR_REFUSAL = "candidate: ('mee-petitions', 'level_skipping_mee/higher', 'not_accepted'"

WORSE = [
    ("repeat", True),
    ("visit_level", "higher"),
    ("joint_count", 5),
    ("joint_count", 51),
    ("joint_count", 200),
]

HARSH = """
ruleset: harsh
title: 重复的不告知，联名的宽限
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [repeat, joint_count]
tables:
  - id: days
    title: 天数
    hit: UNIQUE
    in: [joint_count]
    out: {days: {type: int, label: 天数}}
    rows:
      - {id: few, if: ["< 5"], then: [15], papers: [N01], basis: convention, note: 试}
      - {id: many, if: [">= 5"], then: [30], basis: convention, note: 试}
  - id: refuse
    title: 拒绝
    hit: UNIQUE
    in: [repeat]
    out: {told: {type: string, label: 处理}}
    rows:
      - {id: again, if: ["true"], then: [不予受理], candidates: [not_accepted], basis: convention, note: 试}
duties:
  - id: told
    title: 告知
    concept: first_notice
    who: competent_organ
    unless: [{if: {repeat: "true"}, basis: convention, note: 试}]
    due: {from: received, add: days.days, count: calendar_days}
    met_by: [told_in_writing]
    basis: convention
    note: 试
"""


def test_a_ruleset_that_made_repeating_or_numbers_count_against_people_would_be_seen(tmp_path: Path) -> None:
    folder = rulesets(tmp_path / "rulesets", harsh=HARSH)
    with pytest.raises(RefusedError, match="G005"):
        commands.load(folder)
    harsh = load_rulebook(folder, [], datetime.now(UTC))
    received = {"type": "received", "at": "2024-03-01"}

    def ask(**facts: object) -> answer_pb2.Answer:
        return evaluate(harsh, "harsh", matter(facts, [received]), context(at="2024-03-05"))

    assert [cost.split(":")[0] for cost in costs(ask(repeat=False), ask(repeat=True))] == ["candidate"]
    first, again = ask(repeat=False, joint_count=1), ask(repeat=True, joint_count=1)
    assert [cost.split(":")[0] for cost in costs(first, again)] == ["duty gone", "candidate"]
    few, many = ask(repeat=False, joint_count=4), ask(repeat=False, joint_count=5)
    assert [cost.split(":")[0] for cost in costs(few, many)] == ["due later", "paper gone"]


@pytest.mark.parametrize(("name", "value"), WORSE)
@examples(60, 2000)
@given(stories(), st.sampled_from(["told otherwise", "not told", "unknown"]))
def test_repeating_going_higher_or_being_many_costs_nothing(
    name: str, value: object, story: Story, how: str
) -> None:
    better = {"repeat": False, "visit_level": "competent", "joint_count": 1}[name]
    before = (
        story.with_fact(name, better)
        if how == "told otherwise"
        else story.without_fact(name, said_unknown=how == "unknown")
    )
    old, new = answers(before), answers(story.with_fact(name, value))
    lost = [cost for ruleset in MATTER_RULESETS for cost in costs(old[ruleset], new[ruleset])]
    assert [cost for cost in lost if not cost.startswith(SECTOR_REFUSAL)] == []


def test_the_one_sector_that_refuses_visits_above_its_level_does_so_by_a_candidate_alone() -> None:
    facts = {"environment_matter": True, "channel": "visit", "category": "appeal"}
    right, higher = (
        evaluate(shipped(), "mee-petitions", matter(facts | {"visit_level": level}), context(at="2025-03-05"))
        for level in ("competent", "higher")
    )
    (cost,) = costs(right, higher)
    assert cost.startswith(SECTOR_REFUSAL)
    assert any(one.kind == answer_pb2.Reliance.KIND_DEPARTURE for one in higher.rests_on)


@examples(100, 3000)
@given(stories(), FACTS["channel"], FACTS["channel"])
def test_the_channel_changes_no_clock_of_articles_22_23_and_34(
    story: Story, one: object, other: object
) -> None:
    first, second = (
        evaluate(shipped(), STATUTORY, story.with_fact("channel", it).message(), context(at=story.at))
        for it in (one, other)
    )
    assert costs(first, second) == costs(second, first) == []
    assert [(duty.rule, duty.state, duty.due_at.seconds) for duty in first.duties] == [
        (duty.rule, duty.state, duty.due_at.seconds) for duty in second.duties
    ]


@examples(100, 3000)
@given(stories(), FACTS["channel"].filter(lambda it: it != "visit"))
def test_a_visit_loses_a_notice_only_where_it_is_guided_on_litigation(story: Story, other: object) -> None:
    """Article 22.2."""
    written = answers(story.with_fact("channel", other))["classification"]
    visit = answers(story.with_fact("channel", "visit"))["classification"]
    guided = {
        decision.request_id
        for decision in visit.decisions
        if decision.table == "routing" and [row.row_id for row in decision.rows] == ["litigation_visit"]
    }
    open_ = {
        decision.request_id
        for decision in visit.decisions
        if decision.table == "routing" and decision.state == answer_pb2.DECISION_STATE_UNDECIDED
    }
    lost = {key for key in papers(written) - papers(visit) if key[3] not in guided}
    assert all(key[3] in open_ for key in lost)
    # Guiding goes with a notice of the procedure, which an official decides on (article 20.2).
    assert {(key[2], key[3]) for key in candidates(visit) - candidates(written)} <= {
        ("to_procedure", request) for request in guided
    }


@examples(100, 3000)
@given(stories())
def test_an_unclear_name_or_address_switches_off_the_notice_and_nothing_else(story: Story) -> None:
    """Article 23.2; with the notice goes the finding that it was late, and its papers (article 40.1)."""
    old, new = (answers(story.with_fact("name_or_address_unclear", unclear)) for unclear in (False, True))
    lost = [cost for ruleset in MATTER_RULESETS for cost in costs(old[ruleset], new[ruleset])]
    late = any(finding.code == "A44_3" for finding in old["clocks"].findings)
    of_notice = ("_notice'", "'N0", *(("'B11', 'standard'", "'B12'") if late else ()))
    assert all(any(part in cost for part in of_notice) for cost in lost)


@examples(100, 3000)
@given(stories(), st.sampled_from(["in_handling", "within_period", "addressed_to_superior"]))
def test_what_article_19_3_looks_at_takes_no_duty_away(story: Story, name: str) -> None:
    old, new = (answers(story.with_fact(name, value)) for value in (False, True))
    lost = [cost for ruleset in MATTER_RULESETS for cost in costs(old[ruleset], new[ruleset])]
    # Where an official has to decide on a refusal, the notices of acceptance and whereabouts wait.
    waits = ("paper gone: ('clocks', 'N01'", "paper gone: ('clocks', 'N02'")
    refusal = "candidate: ('classification', 'already_in_handling/"
    assert all(cost.startswith((refusal, *waits)) for cost in lost)


@examples(250, 10_000)
@given(stories(), st.sampled_from(sorted(FACTS)), st.booleans())
def test_a_fact_that_becomes_unknown_never_adds_a_candidate(
    story: Story, name: str, said_unknown: bool
) -> None:
    """What only an official's word makes so is not so until it is told: left out, it is known."""
    unknown = said_unknown or shipped().vocabulary.facts[name].told_only
    before = assess(shipped(), story.message(), context(at=story.at))
    after = assess(shipped(), story.without_fact(name, said_unknown=unknown).message(), context(at=story.at))
    assert candidates(after) <= candidates(before)


@examples(250, 10_000)
@given(stories())
def test_every_candidate_waits_for_a_named_official_and_is_no_paper_yet(story: Story) -> None:
    answer = assess(shipped(), story.message(), context(at=story.at))
    called = {it.paper for it in answer.papers if it.state == answer_pb2.PAPER_CALL_STATE_CALLED}
    for candidate in answer.candidates:
        assert candidate.decided_by_role
        assert candidate.citations
        # The handling opinion is owed whatever it concludes; what it refuses is for the head to decide.
        assert not called & (set(candidate.papers) - {"B07"})
    refusals = {"N03", "N04", "N05", "N06", "N12", "B14"}
    assert not called & refusals
