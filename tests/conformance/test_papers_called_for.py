"""The papers that rules call for: each of the catalogue somewhere, and never two that exclude each other."""

import pytest
from hypothesis import given

from huiyin.rules.v1 import answer_pb2
from tests.conformance.test_conformance import answer_to, cases, rulebook
from tests.reference.profile import examples
from tests.rules_service.commands.asking import assess, context, matter, shipped
from tests.rules_service.commands.generated_matters import Story, stories

EXCLUSIVE = [
    ("B07", "N08", "an opinion is for the sixth way of art. 31 and an answer for the fifth"),
    ("B07", "N09", "a suggestion is answered and not opined on"),
    ("N08", "N09", "a suggestion asks for no performance of a duty"),
    ("N02", "N05", "what goes to another procedure is not accepted as a petition"),
    ("N02", "N03", "what a superior may refuse is not accepted while that is open"),
    ("N02", "N04", "what was rechecked is not accepted again while that is open"),
    ("B04", "N06", "what was forwarded goes back, and what came directly is guided"),
    ("B04", "N02", "what is objected to is not accepted"),
    ("B08", "N08", "an answer under art. 31(5) has no review"),
]
# Papers that only a named official's decision brings about (REG22 art. 19.3, 23.1, 31, 36.3, 40.3).
ONLY_AFTER_A_DECISION = {"N03", "N04", "N05", "N06", "N12", "B14"}


def called_for(answer: answer_pb2.Answer, request: str) -> set[str]:
    """The papers called for about one request, and those that an official may decide on."""
    offered = [item.papers for item in answer.candidates if item.request_id == request]
    called = {paper.paper for paper in answer.papers if paper.request_id == request}
    return called.union(*offered)


@pytest.mark.parametrize(
    ("place", "facts", "papers"),
    [
        ("990101", {"channel": "letter", "joint_count": 50}, {"B03", "B11"}),
        ("990101", {"times_found": 1}, {"B12"}),
        ("990203", {"three_crossings": True, "wide_impact": True}, {"B03", "B11"}),
    ],
)
def test_no_house_rule_sends_an_office_the_part_of_a_letter_that_is_a_report(
    place: str, facts: dict[str, object], papers: set[str]
) -> None:
    mixed = matter(facts, requests={"report": {"category": "report"}, "appeal": {"category": "appeal"}})
    answer = assess(rulebook(), mixed, context(at="2024-06-03", place=place))
    assert papers <= called_for(answer, "appeal")
    assert not papers & (called_for(answer, "report") | called_for(answer, ""))


def test_every_paper_is_called_for_by_some_rule() -> None:
    called = set()
    for slices in rulebook().rulesets.values():
        for compiled in slices:
            ruleset = compiled.ruleset
            rows = [row for table in ruleset.tables for row in table.rows]
            for duty in ruleset.duties:
                called |= {paper.paper for paper in (*duty.papers, *duty.finding_papers)}
            called |= {paper.paper for chain in ruleset.chains for paper in chain.papers}
            for row in rows:
                called |= {paper.paper for paper in row.papers}
                for code in row.candidates:
                    called |= set(rulebook().vocabulary.candidates[code].papers)
    assert called == set(rulebook().vocabulary.codes["paper"])


@pytest.mark.parametrize(("one", "other", "because"), EXCLUSIVE)
def test_no_case_calls_for_papers_that_exclude_each_other(one: str, other: str, because: str) -> None:
    for case in cases():
        answer = answer_to(case.values[0])
        for request in {paper.request_id for paper in answer.papers}:
            assert not {one, other} <= called_for(answer, request), (case.id, because)


@examples(60, 3000)
@given(stories())
def test_no_matter_whatever_calls_for_papers_that_exclude_each_other(story: Story) -> None:
    answer = assess(shipped(), story.message(), context(at=story.at))
    for request in {paper.request_id for paper in answer.papers}:
        papers = called_for(answer, request)
        for one, other, because in EXCLUSIVE:
            assert not {one, other} <= papers, because


@examples(60, 3000)
@given(stories())
def test_no_matter_told_twice_of_all_that_happened_calls_for_one_paper_twice(story: Story) -> None:
    about = story.message()
    for event in list(about.events):
        about.events.add().CopyFrom(event)
        about.events[-1].event_id = f"again {event.event_id}"
        about.events[-1].at.seconds += 3600
    answer = assess(shipped(), about, context(at=story.at))
    recipients = {duty.duty_id: duty.recipient_key for duty in answer.duties}
    waiting = [
        (it.request_id, it.paper, it.variant, it.candidate_id, recipients.get(it.duty_id, ""))
        for it in answer.papers
        if it.state != answer_pb2.PAPER_CALL_STATE_ISSUED
    ]
    assert len(set(waiting)) == len(waiting)


@examples(60, 3000)
@given(stories())
def test_what_an_official_has_to_decide_is_never_called_for_by_the_rules_alone(story: Story) -> None:
    answer = assess(shipped(), story.message(), context(at=story.at))
    called = {it.paper for it in answer.papers if it.state == answer_pb2.PAPER_CALL_STATE_CALLED}
    assert not called & ONLY_AFTER_A_DECISION


def test_no_longer_accepted_follows_only_a_recheck_opinion_on_the_same_facts_and_reasons() -> None:
    told = {"recheck_opinion_given": True, "same_facts": True, "same_reasons": True}
    for left_out in ("", *told):
        facts = {name: value for name, value in told.items() if name != left_out}
        answer = assess(shipped(), matter(facts), context(at="2024-10-01"))
        found = {candidate.code for candidate in answer.candidates}
        assert ("no_longer_accepted" in found) is (left_out == "")
