"""Prints an answer of the rules service for people who read Chinese."""

from collections.abc import Collection, Iterable, Iterator, Sequence

from rich.cells import set_cell_size
from rich.console import Console
from rich.text import Text

from huiyin.cli import words
from huiyin.cli.folding import fold
from huiyin.cli.output import print_folded
from huiyin.cli.words import Labels
from huiyin.rules.v1 import answer_pb2 as pb
from huiyin.rules.v1 import common_pb2 as common

_MOST_CITATIONS = 3
_STATE_CELLS = 10
_WHEN_CELLS = 20


class AnswerView:
    """Prints the parts of an answer, each under its heading; what is empty is left out."""

    def __init__(self, console: Console, labels: Labels, papers_with_template: Collection[str] | None = None):
        self._console = console
        self._labels = labels
        self._with_template = papers_with_template
        self._several_requests = False

    def print(self, answer: pb.Answer) -> None:
        """Prints the whole of ANSWER."""
        requests = {it.request_id for it in answer.decisions} | {it.request_id for it in answer.duties}
        self._several_requests = len(requests - {""}) > 1
        self._context(answer)
        self._decisions(answer.decisions)
        self._elapsed(answer)
        self._duties(answer.duties)
        self._candidates(answer.candidates)
        self._findings(answer.findings)
        self._figures(answer.indicators, answer.indexes)
        self._papers(answer.papers)
        self._missing(answer.missing_facts)
        self._rests_on(answer.rests_on)
        self._line(Text(f"决定编号 {answer.decision_id}", style="dim"), indent=2)

    def _context(self, answer: pb.Answer) -> None:
        place = f" · 地区 {answer.jurisdiction}" if answer.jurisdiction else ""
        said = f"截至 {words.moment(answer.at)} · 适用 {answer.as_of} 有效的规定{place}"
        self._line(Text(said, style="dim"), indent=2)

    def _decisions(self, decisions: Sequence[pb.Decision]) -> None:
        decided = [it for it in decisions if it.state == pb.DECISION_STATE_DECIDED]
        undecided = [it for it in decisions if it.state == pb.DECISION_STATE_UNDECIDED]
        if decided:
            self._heading("规则的结论")
        for decision in decided:
            line = Text("● ", style="green")
            line.append(decision.title or decision.table, style="bold")
            line.append(self._request(decision.request_id), style="dim")
            line.append(f"　{decision.outcome_text or decision.outcome_json}")
            self._line(line)
            for row in decision.rows:
                if row.reading:
                    self._line(Text(f"因为 {row.reading}"), indent=6)
                self._citations(row.citations)
        if undecided:
            titles = "、".join(dict.fromkeys(it.title or it.table for it in undecided))
            self._line(Text(f"○ 缺少事实，还不能得出：{titles}", style="yellow"))

    def _elapsed(self, answer: pb.Answer) -> None:
        if answer.elapsed:
            self._heading("经过的时间")
        for elapsed in answer.elapsed:
            line = Text("■ ").append(elapsed.label or elapsed.name)
            line.append(self._request(elapsed.request_id), style="dim")
            self._line(line.append(f"　{words.elapsed(elapsed)}", style="bold"))
        if answer.HasField("next_change_at"):
            change = f"没有别的事发生，结论最早在 {words.moment(answer.next_change_at)} 改变"
            self._line(Text(change, style="dim"), indent=6)

    def _duties(self, duties: Sequence[pb.Duty]) -> None:
        if not duties:
            return
        self._heading("单位的义务与期限")
        waiting = [duty for duty in duties if duty.state == pb.DUTY_STATE_NOT_STARTED]
        for duty in duties:
            if duty.state != pb.DUTY_STATE_NOT_STARTED:
                self._duty(duty)
        if waiting:
            titles = "、".join(dict.fromkeys(duty.title or duty.rule for duty in waiting))
            self._line(Text(f"尚未起算：{titles}", style="dim"))

    def _duty(self, duty: pb.Duty) -> None:
        state, style = words.DUTY_STATES.get(duty.state, ("", ""))
        title = Text(duty.title or duty.rule, style="bold").append(
            self._request(duty.request_id), style="dim"
        )
        about = [self._labels.of(duty.obliged, "role")] if duty.obliged else []
        about += dict.fromkeys(map(words.citation, duty.citations[:2]))
        cells = self._console.width - 4 - _STATE_CELLS - _WHEN_CELLS
        first, *rest = [*fold(title, cells - 1), *fold(Text(" · ".join(about), style="dim"), cells - 1)]
        line = Text(" " * 4).append(set_cell_size(state, _STATE_CELLS), style=style).append_text(first)
        line.append(" " * (cells - first.cell_len)).append_text(self._when(duty))
        self._console.print(line)
        for more in rest:
            self._console.print(Text(" " * (4 + _STATE_CELLS)).append_text(more))

    @staticmethod
    def _when(duty: pb.Duty) -> Text:
        if duty.HasField("met_at"):
            return Text(f"{words.day(duty.met_at)} 完成", style="dim")
        if duty.HasField("due_at"):
            said = Text(f"限 {words.due(duty.due_at)}")
            return said.append("（暂定）", style="yellow") if duty.provisional else said
        waits = duty.state == pb.DUTY_STATE_NOT_STARTED
        return Text("尚未起算" if waits else "没有明文期限", style="dim")

    def _candidates(self, candidates: Sequence[pb.Candidate]) -> None:
        if candidates:
            self._heading("须由负责人决定（规则只提请，不作决定）")
        for candidate in candidates:
            line = Text("◆ ", style="magenta").append(candidate.label or candidate.code, style="bold")
            line.append(self._request(candidate.request_id), style="dim")
            if candidate.decided_by_role:
                line.append(f"　由{self._labels.of(candidate.decided_by_role, 'role')}决定")
            self._line(line)
            if candidate.reason:
                self._line(Text(candidate.reason), indent=6)
            self._citations(candidate.citations)

    def _findings(self, findings: Sequence[pb.Finding]) -> None:
        if findings:
            self._heading("发现的问题")
        for finding in findings:
            line = Text("▲ ", style="red").append(finding.label or finding.code, style="bold")
            line.append(self._request(finding.request_id), style="dim")
            self._line(line)
            if finding.reason:
                self._line(Text(finding.reason), indent=6)
            self._citations(finding.citations)

    def _figures(self, indicators: Sequence[pb.Indicator], indexes: Sequence[pb.Index]) -> None:
        if indicators or indexes:
            self._heading("指标")
        for indicator in indicators:
            line = Text("■ ").append(indicator.label or indicator.code)
            line.append(f"　{words.figure(indicator, indicator.unit)}", style="bold")
            if indicator.HasField("earlier"):
                before = words.figure(indicator.earlier, indicator.unit)
                line.append(f"　较早期间 {before}{words.MOVEMENTS.get(indicator.movement, '')}")
            self._line(line)
        for index in indexes:
            line = Text("■ ").append(index.label or index.code)
            line.append(f"　{index.value or '没有数值'}", style="bold")
            if index.earlier_value:
                line.append(f"　较早期间 {index.earlier_value}")
            self._line(line)

    def _papers(self, papers: Sequence[pb.PaperCall]) -> None:
        if papers:
            self._heading("应出具的文书")
        for paper in papers:
            line = Text(f"□ {paper.paper} ").append(paper.title, style="bold")
            line.append(self._request(paper.request_id), style="dim")
            line.append(f"　{words.PAPER_STATES.get(paper.state, '')}")
            if paper.HasField("due_at"):
                line.append(f"　限 {words.due(paper.due_at)}")
            if self._with_template is not None and paper.paper not in self._with_template:
                line.append("　尚无模板", style="yellow")
            self._line(line)

    def _missing(self, missing: Sequence[pb.MissingFact]) -> None:
        if not missing:
            return
        names = "、".join(dict.fromkeys(fact.label or fact.name for fact in missing))
        self._heading("补充这些事实，能得出更多结论")
        self._line(Text(names))

    def _rests_on(self, rests_on: Sequence[pb.Reliance]) -> None:
        if rests_on:
            self._heading("除法规原文外，还依据")
        for kind, texts in _by_kind(rests_on):
            self._line(Text(f"{kind}："), indent=4)
            for text in texts:
                self._line(Text(f"· {text}", style="dim"), indent=6)

    def _citations(self, citations: Sequence[common.Citation]) -> None:
        for cited in citations[:_MOST_CITATIONS]:
            line = Text(words.citation(cited), style="dim")
            if cited.quote:
                line.append(f"：“{cited.quote}”", style="dim italic")
            elif cited.note:
                line.append(f"：{cited.note}", style="dim")
            self._line(line, indent=6)

    def _request(self, request_id: str) -> str:
        return f"〔诉求 {request_id}〕" if request_id and self._several_requests else ""

    def _heading(self, text: str) -> None:
        self._line(Text(text, style="bold cyan"), indent=2)

    def _line(self, text: Text, indent: int = 4) -> None:
        print_folded(self._console, text, indent)


def _by_kind(rests_on: Iterable[pb.Reliance]) -> Iterator[tuple[str, list[str]]]:
    by_kind: dict[int, dict[str, None]] = {}
    for reliance in rests_on:
        by_kind.setdefault(reliance.kind, {})[reliance.text] = None
    for kind, texts in by_kind.items():
        yield words.RELIANCES.get(kind, "其他"), list(texts)
