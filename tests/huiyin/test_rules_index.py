"""`huiyin rules index`: every article of the regulation, its rules or the reason why it has none."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from huiyin.cli import app
from rules_service.analysis.articles import Article, article_index, page

SHIPPED = Path("rulesets")


@pytest.fixture(scope="module")
def articles() -> tuple[Article, ...]:
    return article_index(SHIPPED)


def test_every_article_from_1_to_50_is_named_in_order(articles):
    assert [int(it.number) for it in articles if "." not in it.number] == list(range(1, 51))


def test_an_article_has_rules_or_else_the_reason_why_not(articles):
    assert [it.number for it in articles if not it.rules and not it.reason] == []


def test_no_article_is_said_to_have_no_rule_beside_its_rules(articles):
    assert [it.number for it in articles if it.rules and it.reason] == []


def test_an_article_is_not_taken_for_one_that_begins_with_the_same_digits(articles):
    by_number = {article.number: article for article in articles}
    assert by_number["3"].rules == by_number["4"].rules == ()
    assert any("34" in rule.cited for rule in by_number["34"].rules)


def test_a_rule_is_listed_once_though_a_dated_parameter_cuts_its_ruleset_into_slices(articles):
    for article in articles:
        rules = [(rule.ruleset, rule.rule) for rule in article.rules]
        assert len(rules) == len(set(rules)), article.number


def test_papers_that_wait_for_a_decision_are_told_apart(articles):
    rules = {(rule.ruleset, rule.rule): rule for article in articles for rule in article.rules}
    assert rules["supervision", "accountability/grave"].after_decision == ("B14",)
    assert rules["supervision", "propose_policy"].papers == ("B13",)
    assert rules["supervision", "propose_policy"].after_decision == ()


def test_the_page_is_up_to_date(articles):
    """`huiyin rules index --out docs/articles.zh.md` writes it again."""
    assert Path("docs/articles.zh.md").read_text(encoding="utf-8") == page(articles)


def test_the_command_writes_the_page_and_prints_it_as_data(tmp_path, articles):
    written = tmp_path / "articles.md"
    assert CliRunner().invoke(app, ["rules", "index", "--out", str(written)]).exit_code == 0
    assert written.read_text(encoding="utf-8") == page(articles)
    told = json.loads(CliRunner().invoke(app, ["rules", "index", "--json"]).stdout)
    assert [it["number"] for it in told["articles"]] == [it.number for it in articles]
