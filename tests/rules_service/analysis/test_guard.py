"""What an office must tell, publish and receive is not refused for words that also name people."""

import shutil
from pathlib import Path

import pytest

from rules_service.analysis.check import check_files

RULESETS = Path(__file__).parents[3] / "rulesets"
FINDINGS = Path(__file__).parents[1] / "findings"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    shutil.copytree(FINDINGS / "base", tmp_path / "base")
    shutil.copytree(RULESETS / "calendars", tmp_path / "base" / "calendars")
    return tmp_path / "base"


def codes(base: Path, old: str, new: str, *drafts: Path) -> set[str]:
    """What is found where something of the vocabulary is called otherwise."""
    path = base / "vocabulary.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return {it.code for it in check_files(list(drafts), base)}


@pytest.mark.parametrize(
    "label",
    [
        "12345市民服务热线, Citizens hotline",
        "来访接待窗口, Visitor reception desk",
        "被申请人, Respondent to the claimant",
    ],
)
def test_a_lower_layer_may_give_a_term_to_an_office_that_receives_people(base: Path, label: str) -> None:
    draft = FINDINGS / "L007-owed-by-the-petitioner-by-another-name.yaml"
    assert "L007" not in codes(base, '"信\\u200b访群众", Speaker', label, draft)


def test_one_that_names_anybody_and_an_office_is_the_offices(base: Path) -> None:
    draft = FINDINGS / "L007-owed-by-the-petitioner-by-another-name.yaml"
    assert "L007" in codes(base, '"信\\u200b访群众", Speaker', "群众, Masses", draft)
    assert "L007" not in codes(base, "群众, Masses", "群众（由接待单位代办）, Office for the masses", draft)


@pytest.mark.parametrize(
    "label",
    ["告知信访人所在地的信访部门, Told", "群众诉求分级办理, Handled", "越级走访, Petitioner skipped a level"],
)
def test_a_duty_to_people_is_no_grade_of_them(base: Path, label: str) -> None:
    assert codes(base, "answered: [答复, Answer]", f"answered: [{label}]") == set()


def test_a_telephone_that_an_office_publishes_is_not_personal(base: Path) -> None:
    fact = "  phone: {type: string, label: 公布的咨询投诉电话, english: Telephone, purpose: 试验}\n"
    assert codes(base, "facts:\n", f"facts:\n{fact}") == set()
    assert codes(base, "公布的咨询投诉电话", "联系电话") == {"G003"}
