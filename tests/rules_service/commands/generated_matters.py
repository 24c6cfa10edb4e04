"""Generated matters of the shipped vocabulary: facts told, null, unknown or left out, events in any order."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from huiyin.rules.v1 import common_pb2
from rules_service.language.types import Kind
from tests.rules_service.commands.asking import matter, shipped

FIRST, LAST = 1_704_067_200, 1_782_777_600  # 2024 to the middle of 2026
HOUR = 3600


def fact_values() -> dict[str, st.SearchStrategy[object]]:
    """Values by which the shipped rules could tell matters apart."""
    found: dict[str, st.SearchStrategy[object]] = {}
    for fact in shipped().vocabulary.facts.values():
        if fact.counted:
            continue
        match fact.type.kind:
            case Kind.ENUM:
                found[fact.name] = st.sampled_from(fact.type.codes)
            case Kind.BOOL:
                found[fact.name] = st.booleans()
            case Kind.INT:
                found[fact.name] = st.sampled_from([0, 1, 2, 4, 5, 6, 49, 50, 51])
            case Kind.DATETIME:
                found[fact.name] = st.sampled_from(["2024-02-29T08:00:00+08:00", "2026-02-13T23:30:00Z"])
            case _:
                found[fact.name] = st.sampled_from(["a-1", "b-2"])
    return found


FACTS = fact_values()


@dataclass(frozen=True)
class Story:
    """A matter as plain values, so that a test can change one thing and ask again."""

    facts: dict[str, object]
    unknown: tuple[str, ...]
    requests: dict[str, dict[str, object]]
    events: tuple[dict[str, object], ...]
    at: str

    def message(self) -> common_pb2.Matter:
        return matter(self.facts, self.events, unknown=self.unknown, requests=self.requests)

    def with_fact(self, name: str, value: object) -> "Story":
        """The same with one fact told for the matter and every request of it."""
        return replace(
            self,
            facts={**self.facts, name: value},
            unknown=tuple(other for other in self.unknown if other != name),
            requests={key: without(own, name) for key, own in self.requests.items()},
        )

    def without_fact(self, name: str, *, said_unknown: bool) -> "Story":
        """The same with one fact of the matter and its requests not told, or said to be unknown."""
        return replace(
            self,
            facts=without(self.facts, name),
            unknown=tuple(sorted({*self.unknown, name})) if said_unknown else self.unknown,
            requests={key: without(own, name) for key, own in self.requests.items()},
        )


def without(facts: dict[str, object], name: str) -> dict[str, object]:
    kept = {key: value for key, value in facts.items() if key != name}
    if isinstance(unknown := kept.get("unknown_facts"), list):
        kept["unknown_facts"] = [other for other in unknown if other != name]
    return kept


def moment(hour: int) -> str:
    return datetime.fromtimestamp(hour * HOUR, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@st.composite
def told_facts(draw: st.DrawFn, most: int) -> dict[str, object]:
    names = draw(st.lists(st.sampled_from(sorted(FACTS)), max_size=most, unique=True))
    return {name: draw(FACTS[name] | st.none()) for name in names}


@st.composite
def stories(draw: st.DrawFn) -> Story:
    # Most matters are told well enough for duties to run and for candidates to come up.
    usual: dict[str, object] = {
        "receiver": draw(st.sampled_from(["organ", "organ", "petition_department"]) | FACTS["receiver"]),
        "received_how": draw(FACTS["received_how"]),
        "remit": draw(st.just("own") | FACTS["remit"]),
        "category": draw(st.just("appeal") | FACTS["category"]),
        "branch": draw(st.just("6") | FACTS["branch"]),
        "channel": draw(FACTS["channel"]),
        "joint_count": draw(FACTS["joint_count"]),
        "visit_level": draw(FACTS["visit_level"]),
        "litigation_related": draw(st.booleans()),
        "in_handling": draw(st.just(True) | st.booleans()),
        "within_period": draw(st.just(True) | st.booleans()),
        "addressed_to_superior": draw(st.just(True) | st.booleans()),
    }
    left_out = draw(st.sets(st.sampled_from(sorted(usual)), max_size=3))
    facts = {name: usual[name] for name in sorted(usual.keys() - left_out)} | draw(told_facts(3))
    unknown = tuple(sorted(name for name in left_out if draw(st.booleans()) and name not in facts))
    requests: dict[str, dict[str, object]] = {}
    for key in draw(st.sampled_from([[], ["r1"], ["r1", "r2"]])):
        requests[key] = draw(told_facts(2))
        missing = draw(st.lists(st.sampled_from(["branch", "remit", "within_period"]), max_size=1))
        requests[key]["unknown_facts"] = [name for name in missing if name not in requests[key]]
    vocabulary = shipped().vocabulary
    types = sorted(vocabulary.events)
    begun = draw(st.integers(FIRST // HOUR, LAST // HOUR))
    events: list[dict[str, object]] = (
        [{"type": "received", "at": moment(begun)}] if draw(st.integers(0, 5)) else []
    )
    for _ in range(draw(st.integers(0, 6))):
        event: dict[str, object] = {
            "type": draw(st.sampled_from(types)),
            "at": moment(begun + draw(st.integers(0, 100 * 24))),
        }
        if requests and draw(st.booleans()):
            event["request_id"] = draw(st.sampled_from(sorted(requests)))
        attributes = vocabulary.events[str(event["type"])].attributes
        if "days_extended" in attributes:
            event["days_extended"] = draw(st.sampled_from([1, 30, 45]))
            if draw(st.booleans()):
                event |= {"official_role": "head_of_organ", "official_key": "k1"}
        if "reply_by" in attributes and draw(st.booleans()):
            event["reply_by"] = draw(st.sampled_from(["2024-10-01", "2026-03-01"]))
        events.append(event)
    return Story(facts, unknown, requests, tuple(events), moment(begun + draw(st.integers(0, 130 * 24))))
