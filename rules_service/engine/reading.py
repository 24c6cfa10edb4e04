"""Reads matters and offices as callers send them into cases that cannot be wrong.

Every problem of a case is found in one pass, each with its field path, and nothing is evaluated before
all of it has been read.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from rules_service.engine.case import Event, Matter, Office, RelatedFact, Request, Span, is_report
from rules_service.engine.fact_reader import MEND_DAY, FactReader
from rules_service.engine.index import Known
from rules_service.engine.raw import RawEvent, RawMatter, RawOffice, RawRequest
from rules_service.engine.wrong import Wrong
from rules_service.language.types import parse_date

MOST_EVENTS = 2000
MOST_REQUESTS = 200
MOST_RELATED = 500
OTHER_KEYS = ("acting_office", "official_key", "recipient_key", "paper_call_id")
NO_REQUEST = "请写 requests 里有的 request_id；是整个事项的，不写。"
NO_PERIOD = Span(date.min, date.min)


class CaseReader(FactReader):
    """Reads raw cases and gathers what is wrong with them."""

    __slots__ = ()

    def matter(self, raw: RawMatter, path: str = "matter", key: str = "matter_id") -> Matter:
        """Reads a matter, or what is like one; look at `problems` before using it."""
        self.key(raw.id, f"{path}.{key}")
        self.moment(raw.complete_until, f"{path}.events_complete_until")
        if not (raw.requests or raw.events or raw.related):
            # A question to one ruleset mostly tells facts and nothing else.
            facts = self.facts(raw.facts, f"{path}.facts_json")
            unknown = self.unknown_names(raw.unknown, facts, f"{path}.unknown_facts")
            only = Request("", facts, unknown, is_report(facts))
            return Matter(raw.id, facts, unknown, (only,), (), raw.complete_until)
        for name, items, most in (
            ("requests", raw.requests, MOST_REQUESTS),
            ("events", raw.events, MOST_EVENTS),
            ("related_facts", raw.related, MOST_RELATED),
        ):
            if len(items) > most:
                self.problem(
                    Wrong.TOO_MANY_ITEMS.name,
                    f"{path}.{name}",
                    f"有 {len(items)} 项，最多 {most} 项。",
                    "请分开提交。",
                )
                return Matter(raw.id, {}, frozenset(), (), ())
        facts = self.facts(raw.facts, f"{path}.facts_json")
        unknown = self.unknown_names(raw.unknown, facts, f"{path}.unknown_facts")
        requests = [
            self._request(request, facts, unknown, f"{path}.requests[{number}]")
            for number, request in enumerate(raw.requests)
        ] or [Request("", facts, unknown, is_report(facts))]
        self.once([request.id for request in requests], f"{path}.requests", "request_id")
        told = self._events(raw.events, {request.id for request in requests} | {""}, path)
        related = tuple(
            self._related(kind, fields, f"{path}.related_facts[{n}]")
            for n, (kind, fields) in enumerate(raw.related)
        )
        return Matter(raw.id, facts, unknown, tuple(requests), told, raw.complete_until, related)

    def office(self, raw: RawOffice, matters: Sequence[Matter]) -> Office:
        """Reads an office whose matters have been read; look at `problems` before using it."""
        self.key(raw.id, "office.office_id")
        known = self.facts(raw.facts, "office.facts_json")
        period = self._period(raw.period, "period")
        earlier = self._period(raw.earlier, "earlier_period") if raw.earlier else None
        if period and earlier and earlier.last_day >= period.first_day:
            self.problem(
                Wrong.PERIODS_OVERLAP.name,
                "earlier_period.last_day",
                "较早的期间没有在本期开始前结束。",
                "请改成更早的期间。",
            )
        if len(raw.events) > MOST_EVENTS:
            self.problem(
                Wrong.TOO_MANY_ITEMS.name,
                "office.events",
                f"有 {len(raw.events)} 项，最多 {MOST_EVENTS} 项。",
                "只写本期要用的。",
            )
            return Office(raw.id, known, frozenset(), NO_PERIOD, ())
        self.moment(raw.complete_until, "office.events_complete_until")
        self.once([matter.id for matter in matters], "matters", "matter_id")
        return Office(
            raw.id,
            known,
            self.unknown_names(raw.unknown, known, "office.unknown_facts"),
            period or NO_PERIOD,
            tuple(matters),
            earlier,
            self._events(raw.events, {""}, "office"),
            raw.complete_until,
        )

    def _period(self, days: tuple[str, str] | None, path: str) -> Span | None:
        """Reads a period; None where it is none."""
        if days is None:
            self.problem(Wrong.MOMENT_MISSING.name, path, "没有期间。", "请给出 first_day 和 last_day。")
            return None
        first, last = self._day(days[0], f"{path}.first_day"), self._day(days[1], f"{path}.last_day")
        if first is None or last is None:
            return None
        if last < first:
            self.problem(Wrong.PERIOD_REVERSED.name, f"{path}.last_day", "末日早于首日。", "请对调。")
            return None
        return Span(first, last)

    def _day(self, text: str, path: str) -> date | None:
        try:
            return parse_date(text)
        except ValueError as error:
            self.problem(Wrong.DAY_INVALID.name, path, f"“{text}”{error}", MEND_DAY)
            return None

    def _request(
        self, raw: RawRequest, matter_facts: Mapping[str, Known], matter_unknown: frozenset[str], path: str
    ) -> Request:
        if not raw.id:
            # Without a key it would be the matter as a whole, to which every request's events belong.
            cure = "请写一个本事项里不重复的 request_id；不分诉求的，不写 requests。"
            self.problem(Wrong.KEY_MISSING.name, f"{path}.request_id", "这项诉求没有编号。", cure)
        self.key(raw.id, f"{path}.request_id")
        own = self.facts(raw.facts, f"{path}.facts_json")
        own_unknown = self.unknown_names(raw.unknown, own, f"{path}.unknown_facts")
        facts = {name: value for name, value in matter_facts.items() if name not in own_unknown} | own
        return Request(raw.id, facts, (matter_unknown - own.keys()) | own_unknown, is_report(facts))

    def _events(self, raw: Sequence[RawEvent], requests: set[str], path: str) -> tuple[Event, ...]:
        """Events in the order of time."""
        events = [self._event(event, f"{path}.events[{n}]") for n, event in enumerate(raw)]
        self.once([event.id for event in raw], f"{path}.events", "event_id")
        for number, event in enumerate(raw):
            if event.request_id not in requests:
                self.problem(
                    Wrong.REQUEST_UNKNOWN.name,
                    f"{path}.events[{number}].request_id",
                    f"没有诉求“{event.request_id}”。",
                    self.near(event.request_id, requests, NO_REQUEST),
                )
        told = [event for event in events if event is not None]
        told.sort(key=lambda event: event.at)
        return tuple(told)

    def _event(self, raw: RawEvent, path: str) -> Event | None:
        self.key(raw.id, f"{path}.event_id")
        for name in OTHER_KEYS:
            if key := getattr(raw, name):
                self.key(key, f"{path}.{name}")
        definition = self.vocabulary.events.get(raw.type)
        if definition is None:
            near = self.near(raw.type, self.vocabulary.events)
            self.problem(Wrong.EVENT_UNKNOWN.name, f"{path}.type", f"词汇表里没有事件“{raw.type}”。", near)
            return None
        if raw.at is None:
            self.problem(
                Wrong.MOMENT_MISSING.name,
                f"{path}.at",
                f"事件“{definition.label.chinese}”没有时刻。",
                "请给出 at。",
            )
            return None
        for name in ("at", "recorded_at", "ended_at"):
            self.moment(getattr(raw, name), f"{path}.{name}")
        if raw.ended_at is not None and raw.ended_at < raw.at:
            self.problem(
                Wrong.END_BEFORE_START.name, f"{path}.ended_at", "结束早于开始。", "请核对两个时刻。"
            )
        attributes = {}
        for name, value in self.members(raw.attributes, f"{path}.attributes_json").items():
            attribute = definition.attributes.get(name)
            if attribute is None:
                self.problem(
                    Wrong.ATTRIBUTE_UNKNOWN.name,
                    f"{path}.attributes_json.{name}",
                    f"事件“{definition.label.chinese}”没有属性“{name}”。",
                    self.near(name, definition.attributes, _may_be_written(definition.attributes)),
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
            self.problem(
                Wrong.KIND_UNKNOWN.name,
                f"{path}.kind",
                f"词汇表里没有事实类“{kind}”。",
                self.near(kind, self.vocabulary.kinds),
            )
            return RelatedFact(kind, {})
        fields = {}
        given = self.members(raw, f"{path}.facts_json")
        for name, value in given.items():
            if name not in definition.fields:
                self.problem(
                    Wrong.ATTRIBUTE_UNKNOWN.name,
                    f"{path}.facts_json.{name}",
                    f"事实类“{kind}”没有“{name}”。",
                    self.near(name, definition.fields, _may_be_written(definition.fields)),
                )
                continue
            try:
                fields[name] = definition.fields[name].from_json(value)
            except ValueError as error:
                self.wrong_value(name, value, error, f"{path}.facts_json.{name}", "每项都要有值。")
        for name, wanted in definition.fields.items():
            if name not in given:
                cure = f"请补上，应当是{wanted.chinese}。"
                self.problem(Wrong.FIELD_MISSING.name, f"{path}.facts_json.{name}", f"缺少“{name}”。", cure)
        return RelatedFact(kind, fields)


def _may_be_written(names: Iterable[str]) -> str:
    known = "、".join(names)
    return f"可以写：{known}。" if known else "请删去。"
