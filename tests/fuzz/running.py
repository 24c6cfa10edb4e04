"""Asks the services spoilt things: an answer or a refusal comes back, in time, and nothing else ever."""

import contextlib
import random
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from google.protobuf.message import DecodeError

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.analysis.check import Library, Loaded, check_ruleset, load
from rules_service.calendar import WorkingCalendar, load_calendar
from rules_service.commands.evaluation import (
    batch_evaluate_raw,
    batch_evaluate_serialized,
    evaluate_raw,
    evaluate_serialized,
)
from rules_service.commands.straight import StraightAnswers
from rules_service.engine.rulebook import CALENDAR, Basics, Rulebook, load_basics
from rules_service.language.model.subjects import Subject
from service_kit.problems import RefusedError
from tests.fuzz import spoiling

RULESETS = Path("rulesets")
ADOPTIONS = Path("examples/adoptions.yaml")
SECONDS_A_CASE = 20
FIRST = datetime(2021, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class HungError(Exception):
    """A case took longer than any may."""


@contextlib.contextmanager
def within(seconds: int) -> Iterator[None]:
    """Ends what takes more of the processor; a hang inside C shows as a run that does not end.

    By the clock on the wall a machine that has other things to do would look like a hang.
    """

    def alarm(*_: object) -> None:
        raise HungError

    before = signal.signal(signal.SIGPROF, alarm)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def spoilt_ruleset(chance: random.Random, folder: Path) -> None:
    """Checks a spoilt ruleset; whatever it says must come back as findings."""
    source = chance.choice(spoiling.shipped(RULESETS))
    path = folder / source.name
    text = spoiling.ruleset(source.read_text(encoding="utf-8"), chance)
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    with within(SECONDS_A_CASE):
        basics, calendar, shipped = library()
        loaded = load(path, basics)
        beside = [one for one in shipped if one.file != str(source)]
        report = check_ruleset(loaded, Library.of(basics, calendar, [loaded], beside, None))
    for finding in report.findings:
        if not (finding.code and finding.message):
            raise AssertionError(finding)


@cache
def library() -> tuple[Basics, WorkingCalendar, tuple[Loaded, ...]]:
    """What a draft is checked against: the basics, the calendar and the shipped rulesets."""
    basics, _ = load_basics(RULESETS)
    shipped = tuple(load(path, basics) for path in spoiling.shipped(RULESETS))
    return basics, load_calendar(RULESETS / CALENDAR), shipped


@cache
def rulebook() -> Rulebook:
    """The shipped rulebook with its packs awake."""
    return commands.load(RULESETS, [ADOPTIONS])


@cache
def revisions() -> tuple[str, ...]:
    """All revisions that may be pinned, and one that there is not."""
    names = sorted({part.ruleset.name for parts in rulebook().rulesets.values() for part in parts})
    return (*names, f"{names[0]}x")


def spoilt_question(chance: random.Random) -> pb.AssessRequest:
    """A question about a matter that no case system would mean."""
    vocabulary = rulebook().vocabulary
    types = {fact.name: fact.type for fact in vocabulary.facts.values() if not fact.counted}
    events = list(vocabulary.events)
    spoilt = chance.choice((0.0, 0.0, 0.05, 0.3))
    matter = common_pb2.Matter(
        matter_id="m" if chance.random() >= spoilt else chance.choice(("\x01", "x" * 300))
    )
    matter.facts_json = spoiling.facts(types, chance, spoilt)
    for number in range(chance.randint(0, 2)):
        name = str(number) if chance.random() >= spoilt else "0"
        matter.requests.add(request_id=name, facts_json=spoiling.facts(types, chance, spoilt))
    for number in range(chance.randint(0, 12)):
        own = str(number) if chance.random() >= spoilt else "0"
        event = matter.events.add(event_id=own, type=chance.choice(events))
        event.at.FromDatetime(FIRST + timedelta(hours=chance.randint(0, 60_000)))
        event.request_id = chance.choice(("", "a", "zz")) if chance.random() < spoilt else ""
        if chance.random() < spoilt:
            event.ended_at.FromDatetime(FIRST + timedelta(hours=chance.randint(0, 60_000)))
        attributes = {name: one.type for name, one in vocabulary.events[event.type].attributes.items()}
        event.attributes_json = spoiling.facts(attributes, chance, spoilt)
        if chance.random() < spoilt / 4:
            event.at.seconds = chance.choice((-(10**15), 10**15))
        if chance.random() < spoilt / 4:
            event.type = "nothing"
    days = ("2024-02-30", "x") if chance.random() < spoilt else ("", "2024-05-06", "2021-05-06", "2004-05-06")
    context = common_pb2.Context(
        as_of=chance.choice(days),
        jurisdiction="99" if chance.random() < spoilt else chance.choice(("", "990101", "990101001")),
        view=chance.choice((0, 1, 2, 3)),
    )
    if chance.random() < 0.2:
        context.pinned_revisions.append(chance.choice(revisions()))
    if chance.random() < 0.8:
        context.at.FromDatetime(FIRST + timedelta(hours=chance.randint(0, 60_000)))
    return pb.AssessRequest(context=context, matter=matter)


@cache
def straight() -> StraightAnswers:
    """Answers straight from bytes, by the shipped rulebook."""
    return StraightAnswers(rulebook())


@cache
def timeless() -> tuple[str, ...]:
    """The shipped rulesets about matters that are answered straight from bytes."""
    return tuple(
        name
        for name, slices in rulebook().rulesets.items()
        if slices[0].ruleset.subject is Subject.MATTER and all(part.is_timeless for part in slices)
    )


def spoilt_bytes(chance: random.Random, name: str = "", view: int = 0) -> bytes:
    """The bytes of a question to a timeless ruleset about its own inputs; some of them changed.

    To any such ruleset, and in any view, where none is told.
    """
    vocabulary = rulebook().vocabulary
    spoilt = chance.choice((0.0, 0.0, 0.05))
    name = name or chance.choice(timeless())
    inputs = {one for part in rulebook().rulesets[name] for one in part.ruleset.inputs}
    types = {one: vocabulary.facts[one].type for one in inputs if not vocabulary.facts[one].counted}
    request = pb.EvaluateRequest(ruleset=name, context=spoilt_question(chance).context)
    request.context.view = view or request.context.view
    own = sorted({part.ruleset.name for part in rulebook().rulesets[name]})
    if request.context.pinned_revisions:
        request.context.pinned_revisions[0] = chance.choice(own)
    elif chance.random() < 0.1:
        request.ruleset = chance.choice(own)
    request.matter.matter_id = "m"
    request.matter.facts_json = spoiling.facts(types, chance, spoilt)
    for _ in range(chance.choice((0, 0, 2, 3, 5))):
        kind = vocabulary.kinds[chance.choice(tuple(vocabulary.kinds))]
        request.matter.related_facts.add(
            kind=kind.name, facts_json=spoiling.facts(kind.fields, chance, spoilt)
        )
    raw = request.SerializeToString()
    if chance.random() < 0.3:
        begin = chance.randrange(len(raw))
        raw = raw[:begin] + chance.randbytes(chance.randint(0, 3)) + raw[begin + chance.randint(0, 3) :]
    return raw


def ask_by_bytes(raw: bytes) -> bool:
    """Whether a question was answered; what comes back is what the same question by a message gets."""
    with within(SECONDS_A_CASE):
        short, long = told_by_bytes(raw), told_by_message(raw)
    if short != long:
        raise AssertionError(raw)
    return isinstance(short[0], bytes)


def told_by_bytes(raw: bytes) -> Sequence[object]:
    """What is said of the bytes of a question about one matter, which are those of a batch of one too."""
    return (
        _told(lambda: evaluate_raw(straight(), raw, lambda: NOW)),
        _told(lambda: batch_evaluate_raw(straight(), raw, lambda: NOW)),
    )


def told_by_message(raw: bytes) -> Sequence[object]:
    """As `told_by_bytes`, by the longer way."""
    return (
        _told(lambda: evaluate_serialized(rulebook(), pb.EvaluateRequest.FromString(raw), NOW)),
        _told(lambda: batch_evaluate_serialized(rulebook(), pb.BatchEvaluateRequest.FromString(raw), NOW)),
    )


def _told(answer: Callable[[], bytes]) -> object:
    try:
        return answer()
    except RefusedError as refused:
        return refused.problems
    except DecodeError:
        return "unreadable"


def ask(request: pb.AssessRequest) -> bool:
    """Whether the question was answered; refused otherwise, with a place and a message for each problem."""
    with within(SECONDS_A_CASE):
        try:
            response = commands.assess(rulebook(), request, NOW)
        except RefusedError as refused:
            if not all(problem.code and problem.message for problem in refused.problems):
                raise AssertionError(refused) from refused
            return False
    if not response.answer.decision_id:
        raise AssertionError(request)
    return True
