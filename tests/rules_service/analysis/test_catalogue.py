from pathlib import Path

from rules_service.analysis.catalogue import EXPLAINED, GROUPS, page
from rules_service.language.findings import Code

PAGE = Path(__file__).parents[3] / "docs" / "findings.zh.md"


def test_every_finding_is_explained_in_a_group():
    assert set(EXPLAINED) == set(Code)
    assert {code.value[0] for code in Code} == set(GROUPS)


def test_the_page_says_what_the_catalogue_says():
    """`python -m rules_service.analysis.catalogue > docs/findings.zh.md` writes it again."""
    assert PAGE.read_text(encoding="utf-8") == page()
