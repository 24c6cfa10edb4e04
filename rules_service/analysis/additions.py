"""What the rules below the law make stricter, and what they add: rule by rule.

`layers` refuses what a lower layer may not do; this tells what is left.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rules_service.engine.rulebook import Basics, load_rulesets
from rules_service.language.chain_rules import FindingConclusion
from rules_service.language.model.basis import Departure
from rules_service.language.model.chains import ChainedRule
from rules_service.language.model.duties import Duty
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.ruleset import Layer, Ruleset
from rules_service.language.model.tables import Row


@dataclass(frozen=True, slots=True)
class Addition:
    """A rule below the law: what it is about, and what it does beside the rules above it."""

    layer: str
    pack: str
    ruleset: str
    rule: str
    title: str
    does: str


def additions(folder: Path) -> tuple[Addition, ...]:
    """The rules of all rulesets below the law, by layer and pack, in the order of their files.

    Raises RefusedError where the rulesets have errors.
    """
    basics, rulesets = load_rulesets(folder)
    order = list(Layer)
    below = sorted(
        (ruleset for ruleset in rulesets if ruleset.layer is not Layer.LAW),
        key=lambda ruleset: (order.index(ruleset.layer), ruleset.pack),
    )
    # A dated parameter cuts a ruleset into slices, each with the same rules.
    return tuple(dict.fromkeys(rule for ruleset in below for rule in _Teller(ruleset, basics).rules()))


@dataclass(frozen=True, slots=True)
class _Teller:
    ruleset: Ruleset
    basics: Basics

    def rules(self) -> Iterator[Addition]:
        for table in self.ruleset.tables:
            for row in table.rows:
                yield self._rule(f"{table.id}/{row.id}", table.title, self._row(row))
        for duty in self.ruleset.duties:
            yield self._rule(duty.id, duty.title, self._duty(duty))
        for chained in self.ruleset.chains:
            yield self._rule(chained.rule.id, chained.title, self._chain(chained))
        figures = [figure.id for figure in self.ruleset.indicators]
        figures += [figure.id for figure in self.ruleset.indexes]
        for figure in figures:
            yield self._rule(figure, self._label("indicator", figure), ["新增机关的指标"])

    def _rule(self, rule: str, title: str, does: Iterable[str]) -> Addition:
        pack = self._label("pack", self.ruleset.pack) if self.ruleset.pack else ""
        layer = self._label("layer", self.ruleset.layer.value)
        return Addition(layer, pack, self.ruleset.id, rule, title, "；".join(does))

    def _label(self, codes: str, code: str) -> str:
        return self.basics.vocabulary.label(codes, code)

    def _row(self, row: Row) -> list[str]:
        does = self._departs(row.departs_from)
        for code in row.candidates:
            does.append(f"新增候选“{self.basics.vocabulary.candidates[code].label.chinese}”，由人决定")
        does += [f"新增认定“{self._label('finding', code)}”" for code in row.findings]
        does += self._papers(row.papers)
        return does or ["新增提示或者归类，不生期限"]

    def _duty(self, duty: Duty) -> list[str]:
        does = self._departs(duty.departs_from)
        if duty.tightens:
            does.append(f"收紧 `{duty.tightens}`")
        elif duty.owed_by_petitioner:
            does.append("信访人的期限")
        else:
            timed = duty.period.amount is not None or duty.period.until is not None
            does.append("新增机关的职责，有期限" if timed else "新增机关的职责，没有天数")
        if duty.finding:
            does.append(f"逾期认定“{self._label('finding', duty.finding)}”")
        return does + self._papers((*duty.papers, *duty.finding_papers))

    def _chain(self, chained: ChainedRule) -> list[str]:
        does = []
        if isinstance(chained.rule.then, FindingConclusion):
            does.append(f"新增认定“{self._label('finding', chained.rule.then.code)}”")
        return [*does, *self._papers(chained.papers)] or ["推出供别的链使用的事实"]

    def _papers(self, papers: Sequence[PaperRule]) -> list[str]:
        told = dict.fromkeys(f"{paper.paper}*" if paper.candidate else paper.paper for paper in papers)
        return [f"要求出 {'、'.join(told)}"] if told else []

    def _departs(self, departure: Departure | None) -> list[str]:
        if departure is None:
            return []
        source = self.basics.sources.get(departure.source)
        title = source.title if source else departure.source
        return [f"不同于《{title}》{departure.article}，依据{departure.norm}"]


HEAD = """\
# 下位规则收紧了什么，新增了什么

条例以下的每一条规则，对上位规则做了什么，逐条列出。下位规则只能收紧机关的期限、放宽信访人的期限，或者给机关新增职责、文书和督办情形；
检查不过的规则集不能装载。文书后面有“*”的，要等具名的负责人决定以后才出。规则包采用以后才生效。

本页由 `huiyin rules layers --out docs/layers.zh.md` 从 `rulesets/` 生成，请勿直接修改。
"""


def page(rules: Iterable[Addition]) -> str:
    """The page docs/layers.zh.md."""
    sections = groupby(rules, key=lambda rule: (rule.layer, rule.pack))
    return "\n".join([HEAD, *(_section(layer, pack, part) for (layer, pack), part in sections)])


def _section(layer: str, pack: str, rules: Iterable[Addition]) -> str:
    lines = [
        f"## {layer}{f'　{pack}' if pack else ''}",
        "",
        "| 规则 | 说什么 | 收紧或者新增 |",
        "|---|---|---|",
    ]
    lines += [f"| `{rule.ruleset}/{rule.rule}` | {rule.title} | {rule.does} |" for rule in rules]
    return "\n".join(lines) + "\n"
