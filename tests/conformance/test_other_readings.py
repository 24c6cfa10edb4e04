"""A parameter that settles a reading is changed in its place, and the answer follows; no row is touched."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from tests.conformance.test_conformance import ADOPTIONS, rulebook, said
from tests.rules_service.commands.asking import NOW, SHIPPED, assess, context, matter

SUGGESTION: dict[str, Any] = {"category": "suggestion", "channel": "letter"}


def with_parameter(folder: Path, file: str, name: str, old: str, new: str) -> Rulebook:
    """The shipped rulesets with one value of one parameter changed."""
    copied = folder / "rulesets"
    shutil.copytree(SHIPPED, copied)
    path = copied / file
    before, parameter, after = path.read_text(encoding="utf-8").partition(f"  {name}:\n")
    changed = after.replace(f"    value: {old}\n", f"    value: {new}\n", 1)
    assert parameter
    assert changed != after
    path.write_text(before + parameter + changed, encoding="utf-8")
    return commands.load(copied, [ADOPTIONS])


def colour(book: Rulebook) -> object:
    """The colour of a department with three suggestions and a report in the quarter."""
    told = [
        matter(facts, [{"type": "received", "at": "2026-05-06"}], matter_id=f"m{number}")
        for number, facts in enumerate([SUGGESTION] * 3 + [SUGGESTION | {"category": "report"}])
    ]
    request = pb.AssessOfficeRequest(
        context=context(at="2026-07-01"),
        office=pb.Office(office_id="o1", facts_json='{"office_kind": "department"}'),
        period=pb.Period(first_day="2026-04-01", last_day="2026-06-30"),
        matters=told,
    )
    answer = commands.assess_office(book, [request], NOW).answer
    return next(said(it) for it in answer.decisions if it.table == "colour")


def test_suggestions_count_for_a_colour_only_where_the_office_says_so(tmp_path: Path) -> None:
    assert colour(rulebook()) == {"colour": "yellow"}
    book = with_parameter(tmp_path, "local/s004-three-colours.yaml", "also_counted", "appeal", "suggestion")
    assert colour(book) == {"colour": "red"}


def test_reports_never_count_for_a_colour_even_where_the_office_says_so(tmp_path: Path) -> None:
    book = with_parameter(tmp_path, "local/s004-three-colours.yaml", "also_counted", "appeal", "report")
    assert colour(book) == {"colour": "yellow"}


@pytest.mark.parametrize(("people", "papers"), [(49, set()), (50, {"B03", "B11"})])
def test_fifty_names_by_the_net_count_as_a_joint_letter_only_where_the_office_says_so(
    tmp_path: Path, people: int, papers: set[str]
) -> None:
    by_the_net = matter({"channel": "online", "joint_count": people, "category": "appeal"})
    asked = context(at="2026-05-06")
    book = with_parameter(tmp_path, "local/s002-supervision.yaml", "also_joint", "letter", "online")
    called = {"B03", "B11"} & {it.paper for it in assess(book, by_the_net, asked).papers}
    assert called == papers
    assert not {"B03", "B11"} & {it.paper for it in assess(rulebook(), by_the_net, asked).papers}
