"""Runs the examples through both services, as a case system would: assess, then have the papers set."""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from huiyin.client import DocsClient, HuiyinError, RulesClient
from huiyin.docs.v1 import docs_service_pb2 as docs
from huiyin.examples import Example, PaperOrder, read_example
from huiyin.processes import services
from huiyin.rules.v1 import answer_pb2 as answers
from huiyin.rules.v1 import rules_service_pb2 as rules
from service_kit.problems import Problem, RefusedError

FORMATS = {docs.FORMAT_DOCX: "docx", docs.FORMAT_PDF: "pdf"}

_ARGUMENTS = ("--port", "0", "--workers", "1")


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A paper that was set and written."""

    paper: str
    title: str
    path: Path
    page_count: int
    substitutes: tuple[docs.FontSubstitute, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one example."""

    path: Path
    title: str
    note: str = ""
    office: str = ""
    """Key of the office, where the example is about one."""
    answer: answers.Answer | None = None
    counted: tuple[rules.CountedMatter, ...] = ()
    files: tuple[PaperFile, ...] = ()
    problems: tuple[Problem, ...] = field(default=())


class Demo:
    """Both services with their codes and types of paper at hand."""

    def __init__(self, rules_client: RulesClient, docs_client: DocsClient, out: Path) -> None:
        self._rules = rules_client
        self._docs = docs_client
        self._out = out
        self.codes = tuple(rules_client.list_codes(rules.ListCodesRequest()).codes)
        request = docs.ListDocumentTypesRequest(page_size=1000)
        types = docs_client.list_document_types(request).document_types
        self.papers = {it.code: it.title for it in types}

    def outcomes(self, paths: Iterable[Path]) -> Iterator[Outcome]:
        """One outcome an example; what fails in one stays in its outcome."""
        for path in paths:
            try:
                example = read_example(path)
                yield self._outcome(example)
            except (RefusedError, HuiyinError) as error:
                yield Outcome(path, path.stem, problems=error.problems)

    def _outcome(self, example: Example) -> Outcome:
        counted: tuple[rules.CountedMatter, ...] = ()
        if example.office is not None:
            response = self._rules.assess_office(example.assess_office_requests())
            answer, counted = response.answer, tuple(response.counted)
        elif example.affair is not None:
            answer = self._rules.assess_affair(example.assess_affair_request()).answer
        else:
            answer = self._rules.assess(example.assess_request()).answer
        files, problems = self._set_papers(example, answer)
        return Outcome(
            example.path,
            example.title,
            example.note,
            example.office.office_id if example.office else "",
            answer,
            counted,
            files,
            problems,
        )

    def _set_papers(
        self, example: Example, answer: answers.Answer
    ) -> tuple[tuple[PaperFile, ...], tuple[Problem, ...]]:
        files: list[PaperFile] = []
        problems: list[Problem] = []
        called: set[str] = set()
        for call in (*answer.papers, *self._calls_of_candidates(answer)):
            order = example.papers.get(call.paper)
            if order is None or call.state == answers.PAPER_CALL_STATE_ISSUED:
                continue
            called.add(call.paper)
            if call.paper not in self.papers:
                continue
            name = "-".join(filter(None, (call.paper, call.request_id)))
            if any(file.path.stem == name for file in files):
                name = f"{name}-{call.variant or call.paper_call_id}"
            try:
                files += self._set_paper(example, answer, call, order, name)
            except HuiyinError as error:
                problems += (_placed(it, f"文书 {call.paper}") for it in error.problems)
        issued = {call.paper for call in answer.papers}
        problems += (
            Problem(
                "H108", f"papers.{code}", "规则没有要求出具这份文书。", "请删去这一项，或核对事项的事实。"
            )
            for code in example.papers.keys() - called - issued
        )
        return tuple(files), tuple(problems)

    def _calls_of_candidates(self, answer: answers.Answer) -> Iterator[answers.PaperCall]:
        """Papers that would follow if an official so decides; they are set as drafts, for that decision."""
        called = {call.paper for call in answer.papers}
        for candidate in answer.candidates:
            for code in candidate.papers:
                if code in self.papers and code not in called:
                    yield answers.PaperCall(
                        paper_call_id=candidate.candidate_id,
                        candidate_id=candidate.candidate_id,
                        paper=code,
                        title=self.papers[code],
                        request_id=candidate.request_id,
                    )

    def _set_paper(
        self, example: Example, answer: answers.Answer, call: answers.PaperCall, order: PaperOrder, name: str
    ) -> Iterator[PaperFile]:
        folder = self._out / example.path.stem
        folder.mkdir(parents=True, exist_ok=True)
        if call.candidate_id:
            order = replace(order, draft=True, seal="")
        for form, suffix in FORMATS.items():
            response = self._docs.render(render_request(answer.decision_id, call, order, form))
            path = folder / f"{name}.{suffix}"
            path.write_bytes(response.content)
            yield PaperFile(call.paper, call.title, path, response.page_count, tuple(response.substitutes))


def render_request(
    decision_id: str, call: answers.PaperCall, order: PaperOrder, form: "docs.Format.ValueType"
) -> docs.RenderRequest:
    """The order to set a paper that the rules call for; the fields of ORDER win over those of CALL."""
    known = json.loads(call.fields_json) if call.fields_json else {}
    return docs.RenderRequest(
        type=call.paper,
        variant=order.variant or call.variant,
        data_json=json.dumps(known | dict(order.data), ensure_ascii=False),
        format=form,
        draft=order.draft,
        seal=order.seal,
        number=order.number,
        recipients=order.recipients,
        forbidden_recipients=order.forbidden_recipients,
        decision_id=decision_id,
        paper_call_id=call.paper_call_id,
    )


@contextlib.contextmanager
def running(out: Path, rulesets: Path, adoptions: Sequence[Path]) -> Iterator[Demo]:
    """Starts both services on free ports of this machine; their logs go to OUT/logs."""
    logs = out / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "HUIYIN_RULESETS": str(rulesets),
        "HUIYIN_ADOPTIONS": os.pathsep.join(map(str, adoptions)),
        "HUIYIN_HOST": "127.0.0.1",
    }
    with (
        services(dict.fromkeys(("rules", "docs"), _ARGUMENTS), environment, logs) as started,
        RulesClient(started["rules"].address) as rules_client,
        DocsClient(started["docs"].address) as docs_client,
    ):
        yield Demo(rules_client, docs_client, out)


def _placed(problem: Problem, place: str) -> Problem:
    where = f"{place} {problem.place}".rstrip()
    return Problem(problem.code, where, problem.message, problem.cure)
