"""Reads questions: messages into the values that the engine is asked with."""

import json
from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime, timedelta

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import common_pb2 as pb
from rules_service.commands.wire import EPOCH
from rules_service.engine.case import Question
from rules_service.engine.exact import JsonError, exact_json
from rules_service.engine.fact_reader import MEND_DAY, OUTSIDE_THE_CALENDAR
from rules_service.engine.raw import RawEvent, RawMatter, RawRequest
from rules_service.engine.reading import CaseReader
from rules_service.engine.rulebook import JURISDICTION, Rulebook
from rules_service.engine.told import Reader
from rules_service.engine.wrong import Wrong
from rules_service.language.types import YEARS, day_of, last_second, parse_date
from service_kit.problems import Problem, Refusal, RefusedError

MOST_ITEMS = 1000
MOST_PINS = 1000
ITEMS_A_LOOK = 50
LARGEST_JSON = 256 * 1024
NANOSECONDS = 1_000_000_000
FIRST_SECOND, LAST_SECOND = -62_135_596_800, 253_402_300_799  # the years 1 to 9999
VIEWS = frozenset(pb.View.values())


def read_question(context: pb.Context, rulebook: Rulebook, now: datetime) -> Question:
    """Reads moment, law and place; raises RefusedError with all that is wrong.

    An absent moment is filled from `now`, or from the end of the day of law where only that is given.
    """
    problems: list[Problem] = []
    as_of = None
    if context.as_of:
        try:
            as_of = parse_date(context.as_of)
        except ValueError as error:
            message = f"“{context.as_of}”{error}"
            problems.append(Problem(Wrong.DAY_INVALID.name, "context.as_of", message, MEND_DAY))
    if context.HasField("at"):
        at = moment(context.at)
        if at.year not in YEARS:
            problems.append(
                Problem(
                    Wrong.MOMENT_OUT_OF_RANGE.name, "context.at", OUTSIDE_THE_CALENDAR, "请核对这个时刻。"
                )
            )
    elif as_of is not None:
        at = last_second(as_of)
    else:
        at = now
    problems += wrong_jurisdiction(context.jurisdiction, "context.jurisdiction")
    if context.view not in VIEWS:
        message = f"没有“{context.view}”这种详略。"
        cure = "可以写 VIEW_IDS、VIEW_REASONS、VIEW_FULL。"
        problems.append(Problem(Wrong.VIEW_UNKNOWN.name, "context.view", message, cure))
    pinned, wrong = _pins(context.pinned_revisions, rulebook)
    problems += wrong
    if problems:
        raise RefusedError(problems)
    full = context.view == pb.VIEW_FULL
    return Question(at, as_of or day_of(at), context.jurisdiction, pinned, near=full)


def _pins(names: Sequence[str], rulebook: Rulebook) -> tuple[dict[str, set[str]], list[Problem]]:
    """The revisions that are pinned of each ruleset, and what is wrong with the pins."""
    if len(names) > MOST_PINS:
        message = f"有 {len(names)} 个，最多 {MOST_PINS} 个。"
        return {}, [
            Problem(Wrong.TOO_MANY_ITEMS.name, "context.pinned_revisions", message, "每个规则集写一次。")
        ]
    pinned: dict[str, set[str]] = {}
    problems: list[Problem] = []
    for number, name in enumerate(names):
        place = f"context.pinned_revisions[{number}]"
        ruleset, _, revision = name.partition("@")
        try:
            rulebook.revision(ruleset, revision)
        except RefusedError as refused:
            problems += [Problem(p.code, place, p.message, p.cure) for p in refused.problems]
            continue
        pinned.setdefault(ruleset, set()).add(revision)
    return pinned, problems


def filled(context: pb.Context, question: Question) -> pb.Context:
    """A context with moment and day of law filled in as they were understood."""
    if context.as_of and context.HasField("at"):
        return context
    whole = deepcopy(context)
    whole.at.FromDatetime(question.at)
    whole.as_of = question.as_of.isoformat()
    return whole


def wrong_jurisdiction(code: str, path: str) -> list[Problem]:
    """What is wrong with the code of a place; empty codes name no place and are right."""
    if not code or JURISDICTION.fullmatch(code):
        return []
    cure = "县级以上写六位（GB/T 2260），乡镇写九位（GB/T 10114）。"
    return [Problem(Wrong.JURISDICTION_INVALID.name, path, f"“{code}”不是行政区划代码。", cure)]


def read_matter(matter: pb.Matter, reader: CaseReader, path: str, told: Reader | None = None) -> RawMatter:
    """Reads a message into a raw matter; what is wrong with its JSON goes to the reader's problems."""
    return RawMatter(
        matter.matter_id,
        _read_facts(matter.facts_json, reader, f"{path}.facts_json", told),
        matter.unknown_facts,
        [
            RawRequest(
                request.request_id,
                _read_facts(request.facts_json, reader, f"{path}.requests[{n}].facts_json", told),
                request.unknown_facts,
            )
            for n, request in enumerate(matter.requests)
        ],
        [read_event(event, reader, f"{path}.events[{n}]") for n, event in enumerate(matter.events)],
        moment(matter.events_complete_until) if matter.HasField("events_complete_until") else None,
        [
            (fact.kind, read_json(fact.facts_json, reader, f"{path}.related_facts[{n}].facts_json"))
            for n, fact in enumerate(matter.related_facts)
        ],
    )


def read_event(event: pb.Event, reader: CaseReader, path: str) -> RawEvent:
    """Reads a message into a raw event, as `read_matter`."""
    return RawEvent(
        event.event_id,
        event.type,
        moment(event.at) if event.HasField("at") else None,
        read_json(event.attributes_json, reader, f"{path}.attributes_json"),
        moment(event.recorded_at) if event.HasField("recorded_at") else None,
        event.request_id,
        event.acting_office,
        event.official_role,
        event.official_key,
        event.recipient_key,
        event.paper_call_id,
        moment(event.ended_at) if event.HasField("ended_at") else None,
    )


def moment(stamp: Timestamp) -> datetime:
    """A timestamp as a moment, to the microsecond; one outside the years 1 to 9999 is moved to their edge.

    So is one with nanoseconds that no second has: a year that nobody may ask about is refused with its path.
    """
    if not 0 <= stamp.nanos < NANOSECONDS:
        return EPOCH + timedelta(seconds=FIRST_SECOND)
    seconds = min(max(stamp.seconds, FIRST_SECOND), LAST_SECOND)
    return EPOCH + timedelta(seconds=seconds, microseconds=stamp.nanos // 1000)


def _read_facts(text: str, reader: CaseReader, path: str, told: Reader | None) -> object:
    if text and told is not None and (facts := told.facts(text.encode())) is not None:
        return facts
    return read_json(text, reader, path)


def read_json(text: str, reader: CaseReader, path: str) -> object:
    """Reads JSON with exact decimals; empty text is no object at all.

    Duplicate names, NaN, numbers with exponents and lone surrogates are problems, not guesses.
    """
    if not text:
        return None
    if len(text) > LARGEST_JSON:
        reader.problem(
            Wrong.TEXT_TOO_LARGE.name,
            path,
            f"超过 {LARGEST_JSON // 1024} KB。",
            "事实只写规则要用的，不写材料全文。",
        )
        return None
    try:
        read = exact_json(text)
        if "\\u" in text:
            # Half of a surrogate pair is no character, and no message could carry it on.
            json.dumps(read, ensure_ascii=False, default=str).encode()
        if read is None:
            reader.no_object(path)
        return read
    except json.JSONDecodeError as error:
        reader.problem(
            Wrong.JSON_INVALID.name,
            path,
            f"不是正确的 JSON（第 {error.pos + 1} 个字符处）。",
            "请检查引号、逗号和括号。",
        )
    except (ValueError, RecursionError) as error:
        message = str(error) if isinstance(error, JsonError) else "不是能读的 JSON。"
        reader.problem(Wrong.JSON_INVALID.name, path, message, "请检查键、数值和嵌套。")
    return None


def require(request: Message, name: str) -> None:
    """Refuses a question that is about nothing: a caller who forgot the matter has an error, no answer."""
    if not request.HasField(name):
        cure = f"请在 {name} 里写要问的事项，至少写编号。"
        raise RefusedError([Problem(Wrong.SUBJECT_MISSING.name, name, "没有说问的是哪一件。", cure)])


def most(items: Sequence[object], limit: int, path: str) -> None:
    """Refuses more items than a batch may have."""
    if len(items) > limit:
        raise RefusedError(
            [Problem(Wrong.TOO_MANY_ITEMS.name, path, f"有 {len(items)} 项，最多 {limit} 项。", "请分批。")],
            Refusal.TOO_LARGE,
        )
