"""`huiyin rules list`: which rulesets there are, and which of them speak."""

import json

from typer.testing import CliRunner

from huiyin.cli import app

ADOPTED = ["--adoptions", "examples/adoptions.yaml", "--jurisdiction", "990101"]


def listed(*options: str) -> dict[str, str]:
    done = CliRunner().invoke(app, ["rules", "list", "--json", *options])
    assert done.exit_code == 0
    return {one["name"]: one["state"] for one in json.loads(done.stdout)["rulesets"]}


def test_a_pack_sleeps_until_an_office_of_the_place_adopts_it() -> None:
    assert listed()["three-colours"] == "RULESET_STATE_SLEEPING"
    assert listed(*ADOPTED)["three-colours"] == "RULESET_STATE_IN_FORCE"


def test_the_day_decides_which_regulation_is_in_force() -> None:
    then, now = listed("--as-of", "2021-06-01"), listed("--as-of", "2024-06-01")
    assert then["regulation-2005"] == now["clocks"] == "RULESET_STATE_IN_FORCE"
    assert then["clocks"] == now["regulation-2005"] == "RULESET_STATE_NOT_IN_FORCE"


def test_a_clerk_reads_title_layer_and_state() -> None:
    done = CliRunner().invoke(app, ["rules", "list", "--as-of", "2024-06-01"])
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("three-colours　")]
    assert line.split("　") == ["three-colours", "机关单位季度三色管理", "彭阳县办法", "未采用"]


def test_a_day_that_does_not_exist_is_refused() -> None:
    done = CliRunner().invoke(app, ["rules", "list", "--as-of", "2024-02-30"])
    assert done.exit_code == 1
    assert "2024-02-30" in done.output
