"""`huiyin rules story`: the shipped story says, step by step, what the cases worked out by hand say."""

import json
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from huiyin.cli import app
from huiyin.stories import read_story
from service_kit.problems import RefusedError
from tests.conformance.test_conformance import PlainLoader

STORY = Path("examples/stories/one-matter.yaml")
CASES = yaml.load(
    Path("tests/conformance/law-story.yaml").read_text(encoding="utf-8"),
    Loader=PlainLoader,
)


@pytest.fixture(scope="module")
def steps():
    result = CliRunner().invoke(app, ["rules", "story", "--json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["steps"]


def test_the_story_has_the_steps_of_the_cases(steps):
    assert [step["title"] for step in steps] == [case["name"].split(" ", 1)[1] for case in CASES]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_a_step_says_what_was_worked_out_by_hand(steps, number):
    answer, expect = steps[number]["answer"], CASES[number]["expect"]
    duties = {duty["rule"]: duty for duty in answer["duties"]}
    for rule, wanted in expect.get("duties", {}).items():
        assert duties[rule]["state"] == f"DUTY_STATE_{wanted['state'].upper()}", rule
        if wanted.get("due"):
            assert duties[rule]["due_at"] == f"{wanted['due']}T15:59:59Z", rule
    assert not duties.keys() & set(expect.get("no_duties", []))
    assert set(expect.get("papers", [])) <= {paper["paper"] for paper in answer.get("papers", [])}
    for list_ in {"findings", "candidates"} & expect.keys():
        assert [it["code"] for it in answer.get(list_, [])] == expect[list_]


def test_what_is_printed_says_what_happened_what_is_due_and_which_paper_is_called_for():
    printed = CliRunner().invoke(app, ["rules", "story"]).stdout
    assert "限 2024-02-02" in printed
    assert "经过　2024-01-18 收到" in printed
    assert "N02 信访事项受理告知书" in printed
    assert "须由负责人决定　不再受理" in printed


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("parts: 1", "H104", "parts"),
        ("chapters: []", "H106", ""),
        ("parts: [{holder: 甲局, steps: [{title: 一, on: 2024-01-02}]}]", "H106", "parts[0].steps[0]"),
        ("parts: [{holder: 甲局, steps: [{title: 一, at: 昨天}]}]", "H107", "at"),
    ],
)
def test_what_is_wrong_in_a_story_is_told_with_its_place(tmp_path, text, code, place):
    file = tmp_path / "story.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RefusedError) as error:
        read_story(file)
    assert error.value.problems[0].code == code
    assert place in error.value.problems[0].place
