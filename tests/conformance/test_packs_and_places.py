"""Each pack names the place it was written for, and an answer says when another place adopted it."""

import pytest

from huiyin.rules.v1 import answer_pb2
from tests.conformance.test_conformance import newest, rulebook
from tests.rules_service.commands.asking import assess, context, matter

PLACES = {"SD-FC24": "370000", "MEE24": "", "S000": "500230", "S002": "", "S003": "110115", "S004": "640425"}


def test_every_ruleset_of_a_pack_names_the_pack_s_place() -> None:
    found = {(ruleset.pack, ruleset.jurisdiction) for ruleset in newest() if ruleset.pack}
    assert found == set(PLACES.items())


@pytest.mark.parametrize(
    ("place", "facts", "elsewhere"),
    [
        ("990203", {"hidden_conflict": True, "category": "appeal"}, {"daxing-matters"}),
        ("990204", {"review_result": "passed"}, {"fengdu-matters"}),
        ("990101", {"channel": "letter", "joint_count": 60}, {"pengyang-matters"}),
        ("110000", {"channel": "letter", "joint_count": 60}, set()),
    ],
)
def test_an_answer_says_where_a_pack_of_another_place_spoke(
    place: str, facts: dict[str, object], elsewhere: set[str]
) -> None:
    answer = assess(rulebook(), matter(facts), context(at="2024-11-06", place=place))
    kind = answer_pb2.Reliance.KIND_ADOPTED_ELSEWHERE
    assert {one.place for one in answer.rests_on if one.kind == kind} == elsewhere
