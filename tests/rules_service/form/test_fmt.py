"""`huiyin rules fmt`: what it rewrites, what it tells, what it leaves alone."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from huiyin.cli import app, rules_fmt

RULESETS = Path(__file__).parents[3] / "rulesets"
CANONICAL = (RULESETS / "local" / "s002-response-duty.yaml").read_text(encoding="utf-8")
UNTIDY = CANONICAL.replace("title: 接访到场响应时限\n", "title:   '接访到场响应时限'   # 题目\n")
WRONG = CANONICAL.replace("hit: UNIQUE", "hit: SOMETIMES").replace("title: 接", "title:   接")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "untidy.yaml").write_text(UNTIDY, encoding="utf-8")
    (tmp_path / "tidy.yaml").write_text(CANONICAL, encoding="utf-8")
    shutil.copy(RULESETS / "vocabulary.yaml", tmp_path)
    return tmp_path


def run(*arguments):
    return CliRunner().invoke(app, ["rules", "fmt", *map(str, arguments), "--rulesets", str(RULESETS)])


def test_it_rewrites_what_is_not_in_form_and_leaves_the_rest(folder):
    vocabulary = (folder / "vocabulary.yaml").read_text(encoding="utf-8")
    result = run(folder)
    assert result.exit_code == 0
    assert "untidy.yaml：已整理" in result.stdout
    assert "1 个文件已整理，1 个文件已经是统一写法" in result.stderr
    formed = (folder / "untidy.yaml").read_text(encoding="utf-8")
    assert formed == CANONICAL.replace("title: 接访到场响应时限\n", "title: 接访到场响应时限 # 题目\n")
    assert (folder / "vocabulary.yaml").read_text(encoding="utf-8") == vocabulary
    assert run(folder).stdout == ""


def test_check_only_tells(folder):
    result = run(folder, "--check")
    assert result.exit_code == 1
    assert "untidy.yaml：需要整理" in result.stdout
    assert (folder / "untidy.yaml").read_text(encoding="utf-8") == UNTIDY
    assert run(folder / "tidy.yaml", "--check").exit_code == 0


def test_a_file_with_errors_is_told_and_left_while_others_go_on(folder):
    (folder / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    result = run(folder)
    assert result.exit_code == 1
    assert "不认识“SOMETIMES”" in result.stderr
    assert "1 个文件有错误，未改动" in result.stderr
    assert (folder / "wrong.yaml").read_text(encoding="utf-8") == WRONG
    assert (folder / "untidy.yaml").read_text(encoding="utf-8") != UNTIDY


def test_a_character_that_is_none_is_told_and_not_formed(folder):
    (folder / "odd.yaml").write_text(
        CANONICAL.replace("接访到场响应时限", '"接访\\uFFFE"', 1), encoding="utf-8"
    )
    result = run(folder / "odd.yaml")
    assert result.exit_code == 1
    assert "没有定义的字符 U+FFFE" in result.stderr


def test_json_names_every_file_once(folder):
    (folder / "wrong.yaml").write_text(WRONG, encoding="utf-8")
    told = json.loads(run(folder, folder / "tidy.yaml", "--check", "--json").stdout)
    assert [Path(name).name for name in told["changed"]] == ["untidy.yaml"]
    assert [Path(name).name for name in told["unchanged"]] == ["tidy.yaml"]
    assert [Path(name).name for name in told["refused"]] == ["wrong.yaml"]
    assert [problem["code"] for problem in told["problems"]] == ["S008"]


def test_a_file_is_replaced_whole_or_not_at_all(folder, monkeypatch):
    path = folder / "untidy.yaml"
    path.chmod(0o640)
    link = folder / "link.yaml"
    link.symlink_to(path)

    def fails(self, target):
        raise OSError("disk")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", fails)
        with pytest.raises(OSError, match="disk"):
            rules_fmt.replace_file(link, "x")
    assert path.read_text(encoding="utf-8") == UNTIDY
    assert not list(folder.glob(".*"))
    rules_fmt.replace_file(link, "x\n")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "x\n"
    assert path.stat().st_mode & 0o777 == 0o640
