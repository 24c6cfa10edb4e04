"""The articles of the regulation, the rules that rest on each, and the papers those rules call for.

What an article is about, and why one has no rule, is data: lists/articles.csv of the folder of rulesets.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rules_service.engine.rulebook import load_rulesets
from rules_service.language.model.basis import Citation
from rules_service.language.model.duties import Duty
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import Table
from rules_service.language.vocabulary import CandidateDef

ARTICLES = Path("lists") / "articles.csv"
REGULATION = "REG22"


@dataclass(frozen=True, slots=True)
class RestingRule:
    """A rule that cites an article: where exactly, and what papers it calls for.

    `after_decision` are the papers that wait for a named official's decision.
    """

    ruleset: str
    rule: str
    title: str
    cited: tuple[str, ...]
    papers: tuple[str, ...]
    after_decision: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """An article, or a paragraph of one that has a reason of its own for being without a rule."""

    number: str
    about: str
    reason: str
    rules: tuple[RestingRule, ...]


def article_index(folder: Path) -> tuple[Article, ...]:
    """The articles of REG22 in their order, with the rules below a folder of rulesets.

    Raises RefusedError where the rulesets have errors.
    """
    basics, rulesets = load_rulesets(folder)
    # A dated parameter cuts a ruleset into slices, each with the same rules.
    rules = dict.fromkeys(rule for it in rulesets for rule in _rules(it, basics.vocabulary.candidates))
    with (folder / ARTICLES).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Article(row["条"], row["内容"], row["没有规则的原因"], _resting_on(row["条"], rules)) for row in rows
    )


def _resting_on(number: str, rules: Iterable[RestingRule]) -> tuple[RestingRule, ...]:
    below = re.compile(rf"{re.escape(number)}(?![0-9])")
    found = []
    for rule in rules:
        cited = tuple(article for article in rule.cited if below.match(article))
        if cited:
            found.append(
                RestingRule(rule.ruleset, rule.rule, rule.title, cited, rule.papers, rule.after_decision)
            )
    return tuple(found)


def _rules(ruleset: Ruleset, candidates: Mapping[str, CandidateDef]) -> Iterator[RestingRule]:
    for table in ruleset.tables:
        yield from _rows(ruleset.id, table, candidates)
    for duty in ruleset.duties:
        papers = [paper.paper for paper in (*duty.papers, *duty.finding_papers)]
        yield _rule(ruleset.id, duty.id, duty.title, _of_duty(duty), papers)
    for chained in ruleset.chains:
        papers = [paper.paper for paper in chained.papers]
        yield _rule(ruleset.id, chained.rule.id, chained.title, chained.citations, papers)
    for indicator in ruleset.indicators:
        yield _rule(ruleset.id, indicator.id, "指标", indicator.citations)
    for index in ruleset.indexes:
        yield _rule(ruleset.id, index.id, "指数", index.citations)
    for count in ruleset.counts:
        yield _rule(ruleset.id, count.name, "计数", count.citations)
    for elapsed in ruleset.elapsed:
        yield _rule(ruleset.id, elapsed.name, "经过的时间", elapsed.citations)


def _rows(ruleset: str, table: Table, candidates: Mapping[str, CandidateDef]) -> Iterator[RestingRule]:
    for row in table.rows:
        waiting = [paper.paper for paper in row.papers if paper.candidate]
        waiting += [paper for code in row.candidates for paper in candidates[code].papers]
        papers = [paper.paper for paper in row.papers if not paper.candidate]
        yield _rule(ruleset, f"{table.id}/{row.id}", table.title, row.citations, papers, waiting)


def _of_duty(duty: Duty) -> list[Citation]:
    exempt = [cited for exemption in duty.unless for cited in exemption.citations]
    ended = [cited for ending in duty.endings for cited in ending.citations]
    return [*duty.citations, *exempt, *ended, *duty.finding_citations]


def _rule(
    ruleset: str,
    rule: str,
    title: str,
    citations: Iterable[Citation],
    papers: Sequence[str] = (),
    after_decision: Sequence[str] = (),
) -> RestingRule:
    cited = dict.fromkeys(it.article for it in citations if it.source == REGULATION and it.article)
    return RestingRule(
        ruleset, rule, title, tuple(cited), tuple(sorted({*papers})), tuple(sorted({*after_decision}))
    )


HEAD = """\
# 条文索引：每一条有哪些规则，出哪些文书

《信访工作条例》第一条至第五十条，逐条列出。没有规则的写明原因。文书后面有“*”的，要等具名的负责人决定以后才出。

本页由 `huiyin rules index --out docs/articles.zh.md` 从 `rulesets/` 生成，请勿直接修改。
"""


def page(articles: Iterable[Article]) -> str:
    """The page docs/articles.zh.md."""
    return "\n".join([HEAD, *map(_section, articles)])


def _section(article: Article) -> str:
    lines = [f"## 第 {article.number} 条　{article.about}", ""]
    if article.reason:
        lines += [f"没有规则：{article.reason}。", ""]
    if article.rules:
        lines += ["| 款、项 | 规则集 | 规则 | 说什么 | 文书 |", "|---|---|---|---|---|"]
    for rule in article.rules:
        papers = "、".join([*rule.papers, *(f"{paper}*" for paper in rule.after_decision)])
        cited = "、".join(rule.cited)
        lines.append(f"| {cited} | `{rule.ruleset}` | `{rule.rule}` | {rule.title} | {papers} |")
    return "\n".join(lines).rstrip() + "\n"
