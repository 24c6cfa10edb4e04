"""Reads an example: a file that tells a matter, an affair, or an office with its matters.

title: 来信求决
note: 人物、单位和地点都是虚构的。
at: 2024-06-03T09:00:00+08:00
as_of: 2024-06-03
jurisdiction: "640425"
matter:
  matter_id: m1
  facts: {channel: letter}
  events: [{event_id: e1, type: registered, at: 2024-05-20, days_extended: 20}]
papers:
  N02: {number: 某信告〔2024〕1号, data: {...}, seal: sample}
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.docs.v1 import docs_service_pb2 as docs
from huiyin.rules.v1 import common_pb2 as common
from huiyin.rules.v1 import rules_service_pb2 as rules
from huiyin.yaml_file import read_yaml
from service_kit.problems import Problem, RefusedError

SHANGHAI = ZoneInfo("Asia/Shanghai")
_CONTEXT = ("at", "as_of", "jurisdiction", "pinned_revisions")
_PERIODS = ("period", "earlier_period")
_EVENT_TEXTS = ("event_id", "type", "request_id", "acting_office", "official_role", "official_key",
                "recipient_key", "paper_call_id")  # fmt: skip
_SUBJECT = ("facts", "unknown_facts", "events", "events_complete_until")
_EVENT_TIMES = ("at", "recorded_at", "ended_at")


@dataclass(frozen=True, slots=True)
class PaperOrder:
    """What a case system adds to a paper that the rules call for."""

    data: Mapping[str, Any] = field(default_factory=dict)
    """Its fields; they win over those that the rules know."""
    number: str = ""
    variant: str = ""
    seal: str = ""
    draft: bool = False
    recipients: tuple[docs.Party, ...] = ()
    forbidden_recipients: tuple[docs.Party, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """One example, as messages of the contract."""

    path: Path
    title: str
    note: str
    context: common.Context
    matters: tuple[common.Matter, ...]
    papers: Mapping[str, PaperOrder]
    office: rules.Office | None = None
    """Where it is told about an office, else it is about its one matter."""
    period: rules.Period | None = None
    earlier_period: rules.Period | None = None
    affair: rules.Affair | None = None
    """Where it is told about a neighbourhood affair."""

    def assess_affair_request(
        self, view: "common.View.ValueType" = common.VIEW_REASONS
    ) -> rules.AssessAffairRequest:
        """The question to all rulesets about the affair."""
        return rules.AssessAffairRequest(context=self._context(view), affair=self.affair)

    def assess_request(self, view: "common.View.ValueType" = common.VIEW_REASONS) -> rules.AssessRequest:
        """The question to all rulesets about the matter."""
        return rules.AssessRequest(context=self._context(view), matter=self.matters[0])

    def evaluate_request(
        self, ruleset: str, view: "common.View.ValueType" = common.VIEW_REASONS
    ) -> rules.EvaluateRequest:
        """The question to one ruleset about the matter."""
        return rules.EvaluateRequest(ruleset=ruleset, context=self._context(view), matter=self.matters[0])

    def assess_office_requests(
        self, view: "common.View.ValueType" = common.VIEW_REASONS, matters_a_message: int = 100
    ) -> Iterator[rules.AssessOfficeRequest]:
        """The question about the office, in as many messages as its matters take."""
        yield rules.AssessOfficeRequest(
            context=self._context(view),
            office=self.office,
            period=self.period,
            earlier_period=self.earlier_period,
        )
        for start in range(0, len(self.matters), matters_a_message):
            yield rules.AssessOfficeRequest(matters=self.matters[start : start + matters_a_message])

    def _context(self, view: "common.View.ValueType") -> common.Context:
        context = common.Context()
        context.CopyFrom(self.context)
        context.view = view
        return context


def read_example(path: Path) -> Example:
    """Reads the example at PATH; refuses it with everything that is wrong."""
    return example_of(read_yaml(path), path)


def example_of(file_content: Any, path: Path) -> Example:
    """The example that a file's content tells; refuses it with everything that is wrong."""
    reader = _Reader(path)
    content = reader.mapping(file_content, "")
    known = ("title", "note", *_CONTEXT, "papers", "matter", "affair", "office", *_PERIODS, "matters")
    reader.only(content, known, "")
    if len(content.keys() & {"matter", "affair", "office"}) != 1:
        cure = "要写 matter（一件事项）、affair（一件邻里事务）或 office（一个单位），取其一。"
        reader.refuse("", cure, "H105")
    told = [content["matter"]] if "matter" in content else content.get("matters", [])
    place = "matters[{}]" if "office" in content else "matter"
    matters = tuple(
        reader.matter(it, place.format(index)) for index, it in enumerate(reader.sequence(told, "matters"))
    )
    example = Example(
        path=path,
        title=str(content.get("title") or path.stem),
        note=str(content.get("note") or ""),
        context=reader.context(content),
        matters=matters,
        papers=reader.papers(content.get("papers")),
        office=reader.office(content["office"]) if "office" in content else None,
        period=reader.period(content.get("period")) if "office" in content else None,
        earlier_period=reader.period(content["earlier_period"]) if "earlier_period" in content else None,
        affair=reader.affair(content["affair"]) if "affair" in content else None,
    )
    reader.end()
    return example


def read_moment(text: str, place: str) -> Timestamp:
    """A moment from ISO text; without an offset, or as a bare day, it is meant in Asia/Shanghai."""
    try:
        if len(text) == len("2024-06-30"):
            read = datetime.combine(date.fromisoformat(text), time(), SHANGHAI)
        else:
            read = datetime.fromisoformat(text)
    except ValueError:
        cure = "写成 2024-06-30 或 2024-06-30T09:00:00+08:00。"
        raise RefusedError([Problem("H107", place, f"“{text}”不是时间。", cure)]) from None
    moment = Timestamp()
    moment.FromDatetime((read if read.tzinfo else read.replace(tzinfo=SHANGHAI)).astimezone(UTC))
    return moment


def find_examples(folder: Path) -> list[Path]:
    """The examples below FOLDER: matters first, then offices."""
    return [
        path for part in ("matters", "affairs", "offices") for path in sorted((folder / part).glob("*.yaml"))
    ]


class _Reader:
    """Turns parts of a file into messages and gathers what is wrong on the way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._problems: list[Problem] = []

    def refuse(self, place: str, message: str, code: str = "H104", cure: str = "") -> None:
        where = f"{self._path} {place}".rstrip()
        self._problems.append(Problem(code, where, message, cure))

    def end(self) -> None:
        if self._problems:
            raise RefusedError(self._problems)

    def mapping(self, value: Any, place: str) -> dict[str, Any]:
        if value is None:
            return {}
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return value
        self.refuse(place, "这里要写“名称: 值”的对照。")
        return {}

    def sequence(self, value: Any, place: str) -> Sequence[Any]:
        if value is None:
            return []
        if isinstance(value, list):
            return value
        self.refuse(place, "这里要写一个列表。")
        return []

    def only(self, value: Mapping[str, Any], known: Sequence[str], place: str) -> None:
        for name in value:
            if name not in known:
                where = f"{place}.{name}".lstrip(".")
                self.refuse(where, "没有这一项。", "H106", f"可用的项：{'、'.join(known)}。")

    def moment(self, value: Any, place: str) -> Timestamp | None:
        if value is None:
            return None
        try:
            return read_moment(str(value), f"{self._path} {place}")
        except RefusedError as refused:
            self._problems += refused.problems
            return None

    def texts(self, value: Any, place: str) -> list[str]:
        return [str(item) for item in self.sequence(value, place)]

    def facts(self, value: Any, place: str) -> str:
        facts = self.mapping(value, place)
        return json.dumps(facts, ensure_ascii=False) if facts else ""

    def context(self, content: Mapping[str, Any]) -> common.Context:
        return common.Context(
            at=self.moment(content.get("at"), "at"),
            as_of=_text(content, "as_of"),
            jurisdiction=_text(content, "jurisdiction"),
            pinned_revisions=self.texts(content.get("pinned_revisions"), "pinned_revisions"),
        )

    def matter(self, value: Any, place: str) -> common.Matter:
        told = self.mapping(value, place)
        self.only(told, ("matter_id", *_SUBJECT, "requests", "related_facts"), place)
        requests = self.sequence(told.get("requests"), f"{place}.requests")
        related = self.sequence(told.get("related_facts"), f"{place}.related_facts")
        return common.Matter(
            matter_id=_text(told, "matter_id"),
            **self._subject(told, place),
            requests=[self._request(it, f"{place}.requests[{i}]") for i, it in enumerate(requests)],
            related_facts=[self._related(it, f"{place}.related_facts[{i}]") for i, it in enumerate(related)],
        )

    def _request(self, value: Any, place: str) -> common.PetitionRequest:
        told = self.mapping(value, place)
        self.only(told, ("request_id", "facts", "unknown_facts"), place)
        return common.PetitionRequest(
            request_id=_text(told, "request_id"),
            facts_json=self.facts(told.get("facts"), f"{place}.facts"),
            unknown_facts=self.texts(told.get("unknown_facts"), f"{place}.unknown_facts"),
        )

    def _event(self, value: Any, place: str) -> common.Event:
        told = self.mapping(value, place)
        fields: dict[str, Any] = {name: _text(told, name) for name in _EVENT_TEXTS}
        fields |= {name: self.moment(told.get(name), f"{place}.{name}") for name in _EVENT_TIMES}
        own = {*_EVENT_TEXTS, *_EVENT_TIMES, "attributes"}
        # An attribute may stand beside the other keys; the service knows which ones an event has.
        beside = {name: value for name, value in told.items() if name not in own}
        attributes = self.mapping(told.get("attributes"), f"{place}.attributes") | beside
        return common.Event(
            **fields,
            attributes_json=json.dumps(attributes, ensure_ascii=False) if attributes else "",
        )

    def _related(self, value: Any, place: str) -> common.RelatedFact:
        told = self.mapping(value, place)
        self.only(told, ("kind", "facts"), place)
        return common.RelatedFact(
            kind=_text(told, "kind"), facts_json=self.facts(told.get("facts"), f"{place}.facts")
        )

    def office(self, value: Any) -> rules.Office:
        told = self.mapping(value, "office")
        self.only(told, ("office_id", *_SUBJECT), "office")
        return rules.Office(office_id=_text(told, "office_id"), **self._subject(told, "office"))

    def affair(self, value: Any) -> rules.Affair:
        told = self.mapping(value, "affair")
        self.only(told, ("affair_id", *_SUBJECT), "affair")
        return rules.Affair(affair_id=_text(told, "affair_id"), **self._subject(told, "affair"))

    def _subject(self, told: Mapping[str, Any], place: str) -> dict[str, Any]:
        """What a matter, an affair and an office have in common: facts and events."""
        events = self.sequence(told.get("events"), f"{place}.events")
        return {
            "facts_json": self.facts(told.get("facts"), f"{place}.facts"),
            "unknown_facts": self.texts(told.get("unknown_facts"), f"{place}.unknown_facts"),
            "events": [self._event(_named(it, i), f"{place}.events[{i}]") for i, it in enumerate(events)],
            "events_complete_until": self.moment(
                told.get("events_complete_until"), f"{place}.events_complete_until"
            ),
        }

    def period(self, value: Any) -> rules.Period:
        told = self.mapping(value, "period")
        self.only(told, ("first_day", "last_day"), "period")
        return rules.Period(first_day=_text(told, "first_day"), last_day=_text(told, "last_day"))

    def papers(self, value: Any) -> dict[str, PaperOrder]:
        return {code: self._paper(it, f"papers.{code}") for code, it in self.mapping(value, "papers").items()}

    def _paper(self, value: Any, place: str) -> PaperOrder:
        told = self.mapping(value, place)
        known = ("data", "number", "variant", "seal", "draft", "recipients", "forbidden_recipients")
        self.only(told, known, place)
        return PaperOrder(
            data=self.mapping(told.get("data"), f"{place}.data"),
            number=_text(told, "number"),
            variant=_text(told, "variant"),
            seal=_text(told, "seal"),
            draft=told.get("draft") is True,
            recipients=self._parties(told, "recipients", place),
            forbidden_recipients=self._parties(told, "forbidden_recipients", place),
        )

    def _parties(self, told: Mapping[str, Any], name: str, place: str) -> tuple[docs.Party, ...]:
        listed = self.sequence(told.get(name), f"{place}.{name}")
        return tuple(
            docs.Party(key=_text(it, "key"), name=_text(it, "name"))
            if isinstance(it, dict)
            else docs.Party(name=str(it))
            for it in listed
        )


def _named(event: Any, number: int) -> Any:
    """An event with a key of its own where the file gives it none: what a clerk tells is told once."""
    return {"event_id": f"event-{number}", **event} if isinstance(event, dict) else event


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return "" if value is None else str(value)
