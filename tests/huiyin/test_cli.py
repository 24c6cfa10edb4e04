"""The command line as a stranger meets it: help, what it refuses and how, JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from huiyin import cli, doctor
from huiyin.cli import app
from huiyin.cli.rules_evaluate import adoption_files

ROOT = Path(__file__).parents[2]
COMMANDS = [
    ["demo"],
    ["doctor"],
    ["docs", "fields"],
    ["docs", "list"],
    ["docs", "render"],
    ["health"],
    ["rules", "assess"],
    ["rules", "check"],
    ["rules", "evaluate"],
    ["rules", "fmt"],
    ["serve", "docs"],
    ["serve", "rules"],
    ["token"],
    ["up"],
]
AS_JSON = [
    ["demo", "--examples", "nowhere"],
    ["docs", "fields", "X99"],
    ["docs", "render", "N02", "--data", "nowhere.json", "--out", "x.pdf"],
    ["rules", "assess", "--matter", "nowhere.yaml"],
    ["rules", "check", "nowhere.yaml"],
    ["rules", "evaluate", "x", "--matter", "nowhere.yaml"],
    ["rules", "fmt", "nowhere.yaml"],
    ["token", "not a name", "--role", "evaluate"],
]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "huiyin", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_in_chinese_and_english(command):
    result = CliRunner().invoke(app, [*command, "--help"])
    assert result.exit_code == 0
    words = result.stdout.splitlines()[2]
    assert any("\u4e00" <= character <= "\u9fff" for character in words), words
    assert "." in words
    for line in result.stdout.splitlines():
        assert "…" not in line


@pytest.mark.parametrize("command", AS_JSON, ids=lambda it: " ".join(it[:2]))
def test_what_is_refused_is_told_with_place_and_cure(command):
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("✗ ")
    assert result.stderr.rstrip().endswith("]")


@pytest.mark.parametrize("command", AS_JSON, ids=lambda it: " ".join(it[:2]))
def test_it_is_told_as_json_on_request(command):
    result = CliRunner().invoke(app, [*command, "--json"])
    assert result.exit_code == 1
    (problem,) = json.loads(result.stdout)["problems"]
    assert set(problem) == {"code", "place", "message", "cure"}
    assert problem["code"][0] in "HK"


@pytest.mark.parametrize("arguments", [["rules", "evaluate"], ["token", "x", "--role", "king"], ["nothing"]])
def test_wrong_usage_has_its_own_status(arguments):
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert "--help" in result.stderr


def test_listening_beyond_the_machine_is_refused_by_the_command():
    result = run("serve", "docs", "--host", "0.0.0.0")
    assert result.returncode == 1
    assert "除本机以外的地址，必须有 TLS 证书和令牌文件才能监听" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_token_is_printed_with_its_line():
    told = json.loads(run("token", "case-system", "--role", "evaluate", "--role", "render", "--json").stdout)
    assert told["line"].endswith(" evaluate,render case-system")
    assert told["token"] not in told["line"]


def test_an_error_of_our_own_is_a_sentence_and_not_a_trace(monkeypatch, capsys):
    def broken() -> None:
        raise ZeroDivisionError("张三")

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 1
    told = capsys.readouterr().err
    assert "程序内部出错：ZeroDivisionError" in told
    assert "张三" not in told
    assert "Traceback" not in told


def test_a_part_that_is_not_installed_is_named_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "rules_service.analysis.check", None)
    result = CliRunner().invoke(app, ["rules", "check", "pyproject.toml"])
    assert result.exit_code == 1
    assert "pip install 'huiyin[rules]'" in result.stderr


def test_findings_of_a_check_stand_with_file_and_line(monkeypatch):
    findings = [
        SimpleNamespace(code="R012", severity="error", place="表 a", message="有缺口。", cure="请补一行。",
                        file="x.yaml", line=7),
        SimpleNamespace(code="E004", severity="warning", place="", message="没有例子。", cure="",
                        file="x.yaml", line=0),
    ]  # fmt: skip
    report = SimpleNamespace(findings=findings, coverage=[])
    check = SimpleNamespace(check=lambda paths, rulesets, sources: report)
    monkeypatch.setitem(sys.modules, "rules_service.analysis.check", check)
    result = CliRunner().invoke(app, ["rules", "check", "pyproject.toml"])
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "✗ x.yaml:7 表 a：有缺口。请补一行。 [R012]",
        "! x.yaml 没有例子。 [E004]",
    ]
    assert "✗ 1 处错误，1 处提醒" in result.stderr
    told = json.loads(CliRunner().invoke(app, ["rules", "check", "pyproject.toml", "--json"]).stdout)
    assert (told["errors"], len(told["findings"]), told["findings"][0]["line"]) == (1, 2, 7)


def test_doctor_ends_with_status_1_where_something_lacks(monkeypatch):
    checks = [doctor.Check("甲", True, "好"), doctor.Check("乙", False, "没有", "请安装。")]
    monkeypatch.setattr(doctor, "report", lambda: checks)
    result = CliRunner().invoke(app, ["doctor"])
    assert (result.exit_code, result.stdout) == (1, "✓ 甲　好\n✗ 乙　没有　请安装。\n")
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert told[1] == {"name": "乙", "ok": False, "detail": "没有", "cure": "请安装。"}


def test_doctor_looks_at_this_machine():
    checks = {check.name: check for check in doctor.report()}
    assert checks["Python"].ok
    assert checks["SO_REUSEPORT"].ok


def test_adoptions_are_files_and_the_files_of_folders(tmp_path):
    (tmp_path / "folder").mkdir()
    for name in ("one.yaml", "folder/b.yaml", "folder/a.yaml"):
        (tmp_path / name).touch()
    setting = os.pathsep.join([str(tmp_path / "one.yaml"), str(tmp_path / "folder")])
    names = [path.name for path in adoption_files(setting)]
    assert names == ["one.yaml", "a.yaml", "b.yaml"]
    assert adoption_files("") == []


def test_the_door_alone_needs_no_extra():
    """As after `pip install huiyin`: what the extras bring cannot be imported."""
    extras = (
        "grpc_health",
        "grpc_reflection",
        "pydantic_settings",
        "yaml",
        "orjson",
        "weasyprint",
    )
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({extras}))\n"
        "import huiyin.client\n"
        "from huiyin.cli import main\n"
        "main()"
    )

    def run_alone(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    assert run_alone("--help").returncode == 0
    assert run_alone("token", "x", "--role", "render").returncode == 0
    for command in (
        ["serve", "rules"],
        ["demo"],
        ["health", "127.0.0.1:1"],
        ["rules", "assess", "--matter", "x"],
    ):
        refused = run_alone(*command)
        assert refused.returncode == 1, refused.stderr
        assert "pip install 'huiyin[" in refused.stderr
        assert "Traceback" not in refused.stderr


@pytest.mark.parametrize(
    "words", [["rules", "check"], ["rules", "chek"], ["token"], ["rules", "check", "--nope"]]
)
def test_a_command_that_is_written_wrongly_is_told_in_chinese(words, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["huiyin", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    assert "命令写得不对" in capsys.readouterr().err


def test_a_group_by_itself_shows_its_help(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["huiyin", "rules"])
    with pytest.raises(SystemExit):
        cli.main()
    assert "命令写得不对" not in capsys.readouterr().err
