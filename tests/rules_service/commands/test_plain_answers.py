"""A matter that tells facts alone gets the same bytes as one that takes the longer way."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.reference.profile import examples
from tests.rules_service.commands.asking import NOW, context, evaluate, matter, rulesets

TABLES = """
ruleset: plain
title: 只有表
subject: matter
layer: law
source: REG22
in_force_from: 2022-05-01
inputs: [channel, joint_count]
tables:
  - id: size
    title: 人数
    hit: UNIQUE
    in: [joint_count]
    out: {size: {type: string, label: 规模}}
    rows:
      - {id: few, if: ["< 5"], then: [few], basis: convention, note: 试}
      - {id: many, if: [">= 5"], then: [many], basis: convention, note: 试}
  - id: route
    title: 去向
    hit: RULE ORDER
    in: [channel, size.size]
    out: {to: {type: string, label: 去向}}
    rows:
      - {id: letter, if: [letter, "-"], then: [mail], basis: convention, note: 试}
      - {id: crowd, if: ["-", '"many"'], then: [hall], basis: unverified, note: 试}
      - {id: called, if: [visit, "-"], then: [desk], basis: convention, note: 试, candidates: [not_accepted]}
"""


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(["letter", "visit", "online", None]),
        "joint_count": st.sampled_from([None, 1, 4, 5, 60]),
        "repeat": st.booleans(),
    },
)
VIEWS = (common_pb2.VIEW_IDS, common_pb2.VIEW_REASONS, common_pb2.VIEW_FULL)


@cache
def rulebook() -> Rulebook:
    with TemporaryDirectory() as folder:
        return commands.load(rulesets(Path(folder) / "rulesets", plain=TABLES))


@examples(200, 5000)
@given(FACTS, st.sampled_from(VIEWS))
def test_facts_alone_are_answered_with_the_bytes_of_the_longer_way(
    facts: dict[str, object], view: common_pb2.View.ValueType
) -> None:
    asked = context(at="2026-06-01", view=view)
    short = evaluate(rulebook(), "plain", matter(facts), asked)
    # A moment up to which events are complete says nothing to tables, and is no plain matter.
    long = evaluate(rulebook(), "plain", matter(facts, complete_until="2026-06-01"), asked)
    assert short.decision_id != long.decision_id
    long.decision_id = short.decision_id
    assert short.SerializeToString() == long.SerializeToString()


def test_a_matter_is_answered_alone_as_in_a_batch() -> None:
    asked = context(at="2026-06-01")
    about = [
        matter({"joint_count": count, "channel": "letter"}, matter_id=f"m{count}") for count in (1, 7, 1)
    ]
    batch = pb.BatchEvaluateRequest(ruleset="plain", context=asked, matters=about)
    items = commands.batch_evaluate(rulebook(), batch, NOW).items
    alone = [evaluate(rulebook(), "plain", one, asked) for one in about]
    assert [item.answer for item in items] == alone
    assert len({answer.decision_id for answer in alone}) == 2
