"""The page of codes says what the services say."""

from scripts.error_page import PAGE, page


def test_the_page_lists_every_code():
    """`python scripts/error_page.py` writes it again."""
    assert PAGE.read_text(encoding="utf-8") == page()
