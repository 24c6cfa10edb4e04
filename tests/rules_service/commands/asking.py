"""Asks the rules service by its commands: messages from plain values, rulebooks from plain texts."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from google.protobuf.timestamp_pb2 import Timestamp

from huiyin.rules.v1 import answer_pb2, common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.rulebook import Rulebook

SHIPPED = Path("rulesets")
ADOPTIONS = Path("examples/adoptions.yaml")
PLACE = "990101"
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@cache
def shipped() -> Rulebook:
    """The rulesets that are shipped, every pack of the examples awake in 990101."""
    return commands.load(SHIPPED, [ADOPTIONS])


def stamp(text: str) -> Timestamp:
    """An ISO moment; a bare day, or one without a zone, is meant in Shanghai."""
    moment = Timestamp()
    text = text if "T" in text else f"{text}T00:00:00"
    zoned = text if text.endswith("Z") or "+" in text[10:] else f"{text}+08:00"
    moment.FromDatetime(datetime.fromisoformat(zoned))
    return moment


def event(number: int, told: Mapping[str, object]) -> common_pb2.Event:
    """An event from the keys of the contract; what is no key of an event is an attribute."""
    message = common_pb2.Event(event_id=str(told.get("event_id", f"e{number}")), type=str(told["type"]))
    attributes = {}
    for key, value in told.items():
        if key in {"at", "recorded_at", "ended_at"}:
            getattr(message, key).CopyFrom(stamp(str(value)))
        elif key in common_pb2.Event.DESCRIPTOR.fields_by_name:
            setattr(message, key, str(value))
        else:
            attributes[key] = value
    if attributes:
        message.attributes_json = json.dumps(attributes, ensure_ascii=False)
    return message


def matter(
    facts: Mapping[str, object] | str = "",
    events: Iterable[Mapping[str, object]] = (),
    *,
    unknown: Sequence[str] = (),
    requests: Mapping[str, Mapping[str, object]] | None = None,
    complete_until: str = "",
    related: Iterable[tuple[str, Mapping[str, object]]] = (),
    matter_id: str = "m1",
) -> common_pb2.Matter:
    """A matter; a request's facts may have `unknown_facts` among them."""
    text = facts if isinstance(facts, str) else json.dumps(facts, ensure_ascii=False)
    message = common_pb2.Matter(
        matter_id=matter_id,
        facts_json=text,
        unknown_facts=unknown,
        events=[event(number, told) for number, told in enumerate(events)],
        related_facts=[
            common_pb2.RelatedFact(kind=kind, facts_json=json.dumps(fields)) for kind, fields in related
        ],
    )
    for request_id, own in (requests or {}).items():
        told = dict(own)
        unknown_names = told.pop("unknown_facts", [])
        assert isinstance(unknown_names, list)
        message.requests.add(
            request_id=request_id,
            facts_json=json.dumps(told, ensure_ascii=False),
            unknown_facts=unknown_names,
        )
    if complete_until:
        message.events_complete_until.CopyFrom(stamp(complete_until))
    return message


def context(
    at: str = "", as_of: str = "", place: str = PLACE, view: int = common_pb2.VIEW_REASONS, **more: object
) -> common_pb2.Context:
    return common_pb2.Context(
        at=stamp(at) if at else None,
        as_of=as_of,
        jurisdiction=place,
        view=view,  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def assess(
    rulebook: Rulebook, about: common_pb2.Matter, asked: common_pb2.Context, now: datetime = NOW
) -> answer_pb2.Answer:
    return commands.assess(rulebook, pb.AssessRequest(context=asked, matter=about), now).answer


def evaluate(
    rulebook: Rulebook,
    ruleset: str,
    about: common_pb2.Matter,
    asked: common_pb2.Context,
    now: datetime = NOW,
) -> answer_pb2.Answer:
    request = pb.EvaluateRequest(ruleset=ruleset, context=asked, matter=about)
    return commands.evaluate(rulebook, request, now).answer


def rulesets(folder: Path, **texts: str) -> Path:
    """A folder of rulesets with the shipped vocabulary, register and calendar, and the texts as files."""
    (folder / "calendars").mkdir(parents=True)
    for name in ("vocabulary.yaml", "sources.yaml", "calendars/china.yaml"):
        shutil.copy(SHIPPED / name, folder / name)
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def book_of(words: Mapping[str, str] | None = None, **texts: str) -> Rulebook:
    """A rulebook of texts in which REST is a basis, with WORDS more below headings of the vocabulary."""
    with TemporaryDirectory() as folder:
        rest = {name: text.replace("REST", "basis: convention, note: 试") for name, text in texts.items()}
        path = rulesets(Path(folder) / "rulesets", **rest)
        vocabulary = (path / "vocabulary.yaml").read_text(encoding="utf-8")
        for heading, more in (words or {}).items():
            vocabulary = vocabulary.replace(f"\n{heading}:\n", f"\n{heading}:\n{more}", 1)
        (path / "vocabulary.yaml").write_text(vocabulary, encoding="utf-8")
        return commands.load(path)


def states(answer: answer_pb2.Answer) -> dict[str, str]:
    """The state of each duty by its name; duties of a request as `request/duty`."""
    found = {}
    for duty in answer.duties:
        name = f"{duty.request_id}/{duty.rule}" if duty.request_id else duty.rule
        found[name] = answer_pb2.DutyState.Name(duty.state).removeprefix("DUTY_STATE_").lower()
    return found


def shanghai(moment: Timestamp) -> str:
    """A moment as ISO text in Shanghai, without the zone."""
    return moment.ToDatetime(UTC).astimezone(SHANGHAI).isoformat()[:19]
