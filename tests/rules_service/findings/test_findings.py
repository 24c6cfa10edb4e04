"""Every finding has a file of its own here, which shows it and nothing else.

The first line of a file names the code, the line, and words of the message; a second line may name codes
that come along. A file is a ruleset, or, where its keys say so, a vocabulary or an adoption file; it is
checked against the small vocabulary, law and texts of `base/`.
"""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from rules_service.analysis.catalogue import with_cure
from rules_service.analysis.check import check
from rules_service.engine.rulebook import load_basics
from rules_service.language.adoption import load_adoptions
from rules_service.language.findings import Code, Finding

HERE = Path(__file__).parent
CALENDARS = HERE.parents[2] / "rulesets" / "calendars"
FILES = sorted(HERE.glob("*.yaml"))
FIRST = re.compile(r"# ([A-Z][0-9]{3}) 第 ([0-9]+) 行：(.+)")
ALONG = re.compile(r"# 另有：(.+)")


@dataclass(frozen=True)
class Wanted:
    code: str
    line: int
    words: str
    along: tuple[str, ...]


def wanted(path: Path) -> Wanted:
    head = [line.decode("utf-8") for line in path.read_bytes().splitlines()[:2]]
    first = FIRST.fullmatch(head[0])
    assert first, f"{path.name}: {head[0]}"
    along = ALONG.fullmatch(head[1])
    return Wanted(first[1], int(first[2]), first[3], tuple(along[1].split()) if along else ())


@pytest.fixture
def base(tmp_path: Path) -> Path:
    shutil.copytree(HERE / "base", tmp_path / "base")
    shutil.copytree(CALENDARS, tmp_path / "base" / "calendars")
    return tmp_path / "base"


def found_in(path: Path, base: Path) -> list[Finding]:
    keys = set(re.findall(rb"^([a-z_]+):", path.read_bytes(), re.MULTILINE))
    if b"adoptions" in keys:
        return load_adoptions(path, load_basics(base)[0].vocabulary)[1]
    if b"enums" in keys:
        shutil.copy(path, base / "vocabulary.yaml")
        return list(check([], base).findings)
    return list(check([path], base, base / "texts").findings)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_file_shows_its_finding_and_nothing_else(path: Path, base: Path) -> None:
    expected = wanted(path)
    findings = found_in(path, base)
    assert sorted(it.code for it in findings) == sorted([expected.code, *expected.along])
    told = [(it.line, it.message + it.cure) for it in findings if it.code == expected.code]
    assert any(line == expected.line and expected.words in words for line, words in told), told


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_wrong_is_told_in_chinese(path: Path, base: Path) -> None:
    for finding in found_in(path, base):
        assert re.match(r"[“\u3000-\u9fff a-zA-Z]", finding.message)
        assert finding.message.endswith(("。", "？", "！"))
        # Of an adoption file, which is read here by itself, the cure is added by who asked.
        assert finding.cure or with_cure(finding).cure.endswith("。")


@pytest.mark.parametrize("name", ["C002-*", "Q003-*", "S008-*"])
def test_a_finding_without_a_cure_of_its_own_tells_the_usual_one(name: str, base: Path) -> None:
    for path in HERE.glob(name):
        if b"\nenums:" not in path.read_bytes():
            assert all(finding.cure for finding in check([path], base, base / "texts").findings)


def test_every_finding_has_a_file() -> None:
    assert {path.stem[:4] for path in FILES} == {code.value for code in Code}


def test_the_base_itself_is_right(base: Path) -> None:
    assert check([base], base, base / "texts").findings == ()
