"""A neighbourhood affair is assessed like a matter, by the rulesets about affairs alone."""

import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from typer.testing import CliRunner

from huiyin.cli import app
from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook
from service_kit.problems import RefusedError
from tests.rules_service.commands.asking import NOW, SHIPPED, context, event

AT = "2026-06-01"


def ask(
    facts: dict[str, object], view: int = common_pb2.VIEW_REASONS, place: str = "990101", **more: object
) -> pb.AssessAffairResponse:
    affair = pb.Affair(affair_id="a1", facts_json=json.dumps(facts), **more)  # type: ignore[arg-type]
    request = pb.AssessAffairRequest(context=context(at=AT, view=view, place=place), affair=affair)
    return commands.assess_affair(book(), request, NOW)


@cache
def book() -> Rulebook:
    with TemporaryDirectory() as folder:
        return commands.load(SHIPPED, [adopted(Path(folder))])


def adopted(folder: Path) -> Path:
    file = folder / "adoptions.yaml"
    file.write_text(
        "adoptions: [{pack: S000, office: 试, jurisdiction: '990101', in_force_from: 2026-01-01,"
        " review_by: 2026-12-31}]\n",
        encoding="utf-8",
    )
    return file


def outcomes(response: pb.AssessAffairResponse) -> dict[str, object]:
    return {one.table: json.loads(one.outcome_json) for one in response.answer.decisions if one.outcome_json}


def test_the_rules_about_affairs_speak_and_no_others() -> None:
    response = ask({"affair_kind": "public", "lodged_as_petition": False})
    assert outcomes(response)["lead"] == {"lead": "government"}
    assert {one.ruleset for one in response.answer.revisions.rulesets} == {"fengdu-affairs"}
    assert response.affair_id == "a1"
    assert not response.answer.candidates


def test_what_was_lodged_as_a_petition_is_registered_whatever_it_is() -> None:
    for kind in ("public", "community", "private", None):
        response = ask({"affair_kind": kind, "lodged_as_petition": True})
        assert "lodged" in outcomes(response)
        assert not response.answer.candidates


def test_where_no_office_has_adopted_the_pack_nothing_is_said() -> None:
    assert outcomes(ask({"affair_kind": "public"}, place="110115")) == {}


def test_the_same_question_has_the_same_bytes_and_the_full_view_echoes_it() -> None:
    one, other = (ask({"affair_kind": "public"}, common_pb2.VIEW_FULL) for _ in range(2))
    assert one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True)
    assert one.affair.affair_id == "a1"


def test_everything_that_is_wrong_with_it_is_told_with_its_place() -> None:
    wrong = [
        event(1, {"type": "no_such", "at": AT}),
        event(2, {"type": "received", "at": AT, "request_id": "r"}),
    ]
    with pytest.raises(RefusedError) as refused:
        ask({"affair_kind": "x", "channel_": 1}, events=wrong)
    assert {(problem.code, problem.place) for problem in refused.value.problems} == {
        ("VALUE_TYPE", "affair.facts_json.affair_kind"),
        ("FACT_UNKNOWN", "affair.facts_json.channel_"),
        ("EVENT_UNKNOWN", "affair.events[0].type"),
        ("REQUEST_UNKNOWN", "affair.events[1].request_id"),
    }


def test_the_command_line_reads_a_file_of_an_affair(tmp_path: Path) -> None:
    file = tmp_path / "affair.yaml"
    file.write_text(
        f"at: {AT}\njurisdiction: '990101'\naffair: {{affair_id: a1, facts: {{affair_kind: private}}}}\n",
        encoding="utf-8",
    )
    asked = [
        "--matter",
        str(file),
        "--rulesets",
        str(SHIPPED),
        "--adoptions",
        str(adopted(tmp_path)),
        "--json",
    ]
    result = CliRunner().invoke(app, ["rules", "assess", *asked])
    assert result.exit_code == 0, result.output
    decided = json.loads(result.stdout)["decisions"]
    assert '{"lead":"guided"}' in [one.get("outcome_json") for one in decided]
    refused = CliRunner().invoke(app, ["rules", "evaluate", "reg22-clocks", *asked])
    assert refused.exit_code != 0
