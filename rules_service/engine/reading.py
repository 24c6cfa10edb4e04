"""Reads matters and offices as callers send them into cases that cannot be wrong.

Every problem of a case is found in one pass, each with its field path, and nothing is evaluated before
all of it has been read.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from rules_service.engine.case import Event, Matter, Office, RelatedFact, Request, Span
from rules_service.engine.index import Known
from rules_service.engine.quick import CheckedFacts
from rules_service.engine.wrong import Wrong
from rules_service.language.spelling import closest
from rules_service.language.types import YEARS, parse_date
from rules_service.language.vocabulary import FactDef, Vocabulary
from service_kit.problems import Problem

MOST_EVENTS = 2000
MOST_REQUESTS = 200
MOST_RELATED = 500
LONGEST_KEY = 200
# Enough to mend whatever sends them; more would only make the refusal larger than the question.
MOST_PROBLEMS = 100
LONGEST_PLACE = 300
LONGEST_MESSAGE = 1000
OTHER_KEYS = ("acting_office", "official_key", "recipient_key", "paper_call_id")
OUTSIDE_THE_CALENDAR = f"时刻不在 {YEARS[0]} 年到 {YEARS[-1]} 年之间。"
KEY = re.compile(r"[^\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*")


class RawEvent(NamedTuple):
    """An event as it was sent; `attributes` is what its JSON said."""

    id: str
    type: str
    at: datetime | None
    attributes: object = None
    recorded_at: datetime | None = None
    request_id: str = ""
    acting_office: str = ""
    official_role: str = ""
    official_key: str = ""
    recipient_key: str = ""
    paper_call_id: str = ""
    ended_at: datetime | None = None


class RawRequest(NamedTuple):
    """A request as it was sent."""

    id: str
    facts: object
    unknown: Sequence[str] = ()


class RawMatter(NamedTuple):
    """A matter as it was sent."""

    id: str
    facts: object
    unknown: Sequence[str] = ()
    requests: Sequence[RawRequest] = ()
    events: Sequence[RawEvent] = ()
    complete_until: datetime | None = None
    related: Sequence[tuple[str, object]] = ()


class RawOffice(NamedTuple):
    """An office as it was sent; a period is its first and its last day."""

    id: str
    facts: object
    period: tuple[str, str] | None
    unknown: Sequence[str] = ()
    earlier: tuple[str, str] | None = None
    events: Sequence[RawEvent] = ()
    complete_until: datetime | None = None


NO_PERIOD = Span(date.min, date.min)


@dataclass(slots=True)
class CaseReader:
    """Reads raw cases and gathers what is wrong with them."""

    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)

    def matter(self, raw: RawMatter, path: str = "matter", key: str = "matter_id") -> Matter:
        """Reads a matter, or what is like one; look at `problems` before using it."""
        self._key(raw.id, f"{path}.{key}")
        self._moment(raw.complete_until, f"{path}.events_complete_until")
        if not (raw.requests or raw.events or raw.related):
            # A question to one ruleset mostly tells facts and nothing else.
            facts = self.facts(raw.facts, f"{path}.facts_json")
            unknown = self._unknown(raw.unknown, facts, f"{path}.unknown_facts")
            return Matter(raw.id, facts, unknown, (Request("", facts, unknown),), (), raw.complete_until)
        for name, items, most in (
            ("requests", raw.requests, MOST_REQUESTS),
            ("events", raw.events, MOST_EVENTS),
            ("related_facts", raw.related, MOST_RELATED),
        ):
            if len(items) > most:
                self._problem(
                    Wrong.TOO_MANY_ITEMS.name,
                    f"{path}.{name}",
                    f"有 {len(items)} 项，最多 {most} 项。",
                    "请分开提交。",
                )
                return Matter(raw.id, {}, frozenset(), (), ())
        facts = self.facts(raw.facts, f"{path}.facts_json")
        unknown = self._unknown(raw.unknown, facts, f"{path}.unknown_facts")
        requests = [
            self._request(request, facts, unknown, f"{path}.requests[{number}]")
            for number, request in enumerate(raw.requests)
        ] or [Request("", facts, unknown)]
        self._once([request.id for request in requests], f"{path}.requests", "request_id")
        told = self._events(raw.events, {request.id for request in requests} | {""}, path)
        related = tuple(
            self._related(kind, fields, f"{path}.related_facts[{n}]")
            for n, (kind, fields) in enumerate(raw.related)
        )
        return Matter(raw.id, facts, unknown, tuple(requests), told, raw.complete_until, related)

    def office(self, raw: RawOffice, matters: Sequence[Matter]) -> Office:
        """Reads an office whose matters have been read; look at `problems` before using it."""
        self._key(raw.id, "office.office_id")
        known = self.facts(raw.facts, "office.facts_json")
        period = self._period(raw.period, "period")
        earlier = self._period(raw.earlier, "earlier_period") if raw.earlier else None
        if period and earlier and earlier.last_day >= period.first_day:
            self._problem(
                Wrong.PERIODS_OVERLAP.name,
                "earlier_period.last_day",
                "较早的期间没有在本期开始前结束。",
                "请改成更早的期间。",
            )
        if len(raw.events) > MOST_EVENTS:
            self._problem(
                Wrong.TOO_MANY_ITEMS.name,
                "office.events",
                f"有 {len(raw.events)} 项，最多 {MOST_EVENTS} 项。",
                "只写本期要用的。",
            )
            return Office(raw.id, known, frozenset(), NO_PERIOD, ())
        self._moment(raw.complete_until, "office.events_complete_until")
        self._once([matter.id for matter in matters], "matters", "matter_id")
        return Office(
            raw.id,
            known,
            self._unknown(raw.unknown, known, "office.unknown_facts"),
            period or NO_PERIOD,
            tuple(matters),
            earlier,
            self._events(raw.events, {""}, "office"),
            raw.complete_until,
        )

    def _period(self, days: tuple[str, str] | None, path: str) -> Span | None:
        """Reads a period; None where it is none."""
        if days is None:
            self._problem(Wrong.MOMENT_MISSING.name, path, "没有期间。", "请给出 first_day 和 last_day。")
            return None
        first, last = self._day(days[0], f"{path}.first_day"), self._day(days[1], f"{path}.last_day")
        if first is None or last is None:
            return None
        if last < first:
            self._problem(Wrong.PERIOD_REVERSED.name, f"{path}.last_day", "末日早于首日。", "请对调。")
            return None
        return Span(first, last)

    def _day(self, text: str, path: str) -> date | None:
        try:
            return parse_date(text)
        except ValueError as error:
            self._problem(Wrong.DAY_INVALID.name, path, f"“{text}”{error}", "")
            return None

    def facts(self, raw: object, path: str) -> dict[str, Known]:
        """Reads an object of facts."""
        if isinstance(raw, CheckedFacts):
            return raw
        facts: dict[str, Known] = {}
        for name, value in self._object(raw, path).items():
            definition = self.vocabulary.facts.get(name)
            if definition is None:
                near = self._near(name, self.vocabulary.facts)
                self._problem(Wrong.FACT_UNKNOWN.name, f"{path}.{name}", f"词汇表里没有事实“{name}”。", near)
            elif definition.counted:
                self._problem(
                    Wrong.FACT_COUNTED.name,
                    f"{path}.{name}",
                    f"“{definition.label.chinese}”由服务计数，不能由外部给出。",
                    "请删去。",
                )
            elif definition.type.is_plain(value):
                facts[name] = value  # type: ignore[assignment]
            else:
                facts[name] = self._value(definition, value, f"{path}.{name}")
        return facts

    def _request(
        self, raw: RawRequest, matter_facts: Mapping[str, Known], matter_unknown: frozenset[str], path: str
    ) -> Request:
        self._key(raw.id, f"{path}.request_id")
        own = self.facts(raw.facts, f"{path}.facts_json")
        own_unknown = self._unknown(raw.unknown, own, f"{path}.unknown_facts")
        facts = {name: value for name, value in matter_facts.items() if name not in own_unknown} | own
        return Request(raw.id, facts, (matter_unknown - own.keys()) | own_unknown)

    def _events(self, raw: Sequence[RawEvent], requests: set[str], path: str) -> tuple[Event, ...]:
        """Events in the order of time."""
        events = [self._event(event, f"{path}.events[{n}]") for n, event in enumerate(raw)]
        self._once([event.id for event in raw], f"{path}.events", "event_id")
        for number, event in enumerate(raw):
            if event.request_id not in requests:
                self._problem(
                    Wrong.REQUEST_UNKNOWN.name,
                    f"{path}.events[{number}].request_id",
                    f"没有诉求“{event.request_id}”。",
                    "",
                )
        told = [event for event in events if event is not None]
        told.sort(key=lambda event: event.at)
        return tuple(told)

    def _event(self, raw: RawEvent, path: str) -> Event | None:
        self._key(raw.id, f"{path}.event_id")
        for name in OTHER_KEYS:
            if key := getattr(raw, name):
                self._key(key, f"{path}.{name}")
        definition = self.vocabulary.events.get(raw.type)
        if definition is None:
            near = self._near(raw.type, self.vocabulary.events)
            self._problem(Wrong.EVENT_UNKNOWN.name, f"{path}.type", f"词汇表里没有事件“{raw.type}”。", near)
            return None
        if raw.at is None:
            self._problem(
                Wrong.MOMENT_MISSING.name,
                f"{path}.at",
                f"事件“{definition.label.chinese}”没有时刻。",
                "请给出 at。",
            )
            return None
        for name in ("at", "recorded_at", "ended_at"):
            self._moment(getattr(raw, name), f"{path}.{name}")
        if raw.ended_at is not None and raw.ended_at < raw.at:
            self._problem(
                Wrong.END_BEFORE_START.name, f"{path}.ended_at", "结束早于开始。", "请核对两个时刻。"
            )
        attributes = {}
        for name, value in self._object(raw.attributes, f"{path}.attributes_json").items():
            attribute = definition.attributes.get(name)
            if attribute is None:
                self._problem(
                    Wrong.ATTRIBUTE_UNKNOWN.name,
                    f"{path}.attributes_json.{name}",
                    f"事件“{definition.label.chinese}”没有属性“{name}”。",
                    self._near(name, definition.attributes),
                )
                continue
            attributes[name] = self._value(attribute, value, f"{path}.attributes_json.{name}")
        return Event(
            raw.id,
            raw.type,
            raw.at,
            raw.recorded_at,
            raw.request_id,
            raw.acting_office,
            raw.official_role,
            raw.official_key,
            raw.recipient_key,
            raw.paper_call_id,
            raw.ended_at,
            attributes,
        )

    def _related(self, kind: str, raw: object, path: str) -> RelatedFact:
        definition = self.vocabulary.kinds.get(kind)
        if definition is None:
            self._problem(
                Wrong.KIND_UNKNOWN.name,
                f"{path}.kind",
                f"词汇表里没有事实类“{kind}”。",
                self._near(kind, self.vocabulary.kinds),
            )
            return RelatedFact(kind, {})
        fields = {}
        given = self._object(raw, f"{path}.facts_json")
        for name, value in given.items():
            if name not in definition.fields:
                self._problem(
                    Wrong.ATTRIBUTE_UNKNOWN.name,
                    f"{path}.facts_json.{name}",
                    f"事实类“{kind}”没有“{name}”。",
                    "",
                )
                continue
            try:
                fields[name] = definition.fields[name].from_json(value)
            except ValueError as error:
                self._problem(Wrong.VALUE_TYPE.name, f"{path}.facts_json.{name}", str(error), "")
        for name in definition.fields:
            if name not in given:
                self._problem(Wrong.FIELD_MISSING.name, f"{path}.facts_json.{name}", f"缺少“{name}”。", "")
        return RelatedFact(kind, fields)

    def _value(self, definition: FactDef, value: object, path: str) -> Known:
        if value is None:
            return None
        try:
            return definition.type.from_json(value)
        except ValueError as error:
            # What is nested deeply enough could not be printed either.
            shown = "…" if isinstance(value, list | dict) else str(value)[:40]
            self._problem(
                Wrong.VALUE_TYPE.name, path, f"“{definition.label.chinese}”写成了“{shown}”，{error}", ""
            )
            return None

    def _object(self, raw: object, path: str) -> Mapping[str, object]:
        if raw is None:
            return {}
        if isinstance(raw, Mapping):
            return raw
        self._problem(
            Wrong.NOT_AN_OBJECT.name, path, "应当是一个 JSON 对象。", '例如 {"channel": "letter"}。'
        )
        return {}

    def _unknown(self, names: Sequence[str], facts: Mapping[str, Known], path: str) -> frozenset[str]:
        for name in names:
            if name not in self.vocabulary.facts:
                near = self._near(name, self.vocabulary.facts)
                self._problem(Wrong.FACT_UNKNOWN.name, path, f"词汇表里没有事实“{name}”。", near)
            if name in facts:
                self._problem(
                    Wrong.TOLD_AND_UNKNOWN.name, path, f"“{name}”既给了值，又说不详。", "请只留一处。"
                )
        return frozenset(names)

    def _key(self, key: str, path: str) -> None:
        plain = key.isascii() and key.isprintable()
        if len(key) > LONGEST_KEY or not (plain or KEY.fullmatch(key)):
            self._problem(
                Wrong.KEY_INVALID.name,
                path,
                f"编号含有控制字符，或超过 {LONGEST_KEY} 个字。",
                "编号只作标识，不写姓名、证件号。",
            )

    def _once(self, keys: Sequence[str], path: str, name: str) -> None:
        seen: set[str] = set()
        for number, key in enumerate(keys):
            if key in seen:
                self._problem(
                    Wrong.KEY_TWICE.name, f"{path}[{number}].{name}", f"“{key}”用了两次。", "编号不能重复。"
                )
            seen.add(key)

    def _problem(self, code: str, path: str, message: str, cure: str) -> None:
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, path[:LONGEST_PLACE], message[:LONGEST_MESSAGE], cure))

    def _near(self, word: str, known: Iterable[str]) -> str:
        return closest(word, list(known)) if len(self.problems) < MOST_PROBLEMS else ""

    def _moment(self, told: datetime | None, path: str) -> datetime | None:
        if told is not None and told.year not in YEARS:
            self._problem(Wrong.MOMENT_OUT_OF_RANGE.name, path, OUTSIDE_THE_CALENDAR, "请核对这个时刻。")
        return told
