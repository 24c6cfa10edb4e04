"""What is wrong with a question is told with its code, its field and Chinese words; nothing else gets out."""

import json
import re
from collections.abc import Callable, Mapping

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from hypothesis import given
from hypothesis import strategies as st

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.engine.wrong import Wrong
from service_kit.problems import Problem, Refusal, RefusedError
from tests.reference.profile import examples
from tests.rules_service.commands.asking import NOW, assess, context, evaluate, matter, shipped, stamp

AT = context(at="2026-06-01")
CHINESE = re.compile("[\u4e00-\u9fff]")
FACTS = "matter.facts_json"


def problems(ask: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(RefusedError) as refused:
        ask()
    told = refused.value.problems
    assert told
    for problem in told:
        assert CHINESE.search(problem.message)
        assert problem.cure
        # What a transport would put on the wire.
        common_pb2.Problem(
            code=problem.code, field=problem.place, message=problem.message, cure=problem.cure
        ).SerializeToString()
    return told


def of_matter(about: common_pb2.Matter) -> list[tuple[str, str]]:
    return [(problem.code, problem.place) for problem in problems(lambda: assess(shipped(), about, AT))]


@pytest.mark.parametrize(
    ("facts", "code", "place"),
    [
        ('{"chanel": "letter"}', "FACT_UNKNOWN", f"{FACTS}.chanel"),
        ('{"channel": "pigeon"}', "VALUE_TYPE", f"{FACTS}.channel"),
        ('{"channel": 1}', "VALUE_TYPE", f"{FACTS}.channel"),
        ('{"joint_count": "3"}', "VALUE_TYPE", f"{FACTS}.joint_count"),
        ('{"joint_count": true}', "VALUE_TYPE", f"{FACTS}.joint_count"),
        ('{"joint_count": 1.0}', "VALUE_TYPE", f"{FACTS}.joint_count"),
        ('{"joint_count": 10000000000000000}', "VALUE_TYPE", f"{FACTS}.joint_count"),
        ('{"joint_count": [3]}', "VALUE_TYPE", f"{FACTS}.joint_count"),
        ('{"litigation_related": 0}', "VALUE_TYPE", f"{FACTS}.litigation_related"),
        ('{"litigation_related": "false"}', "VALUE_TYPE", f"{FACTS}.litigation_related"),
        ('{"informed_at": "2026-02-29T08:00:00+08:00"}', "VALUE_TYPE", f"{FACTS}.informed_at"),
        ('{"informed_at": "2026-02-28T08:00:00"}', "VALUE_TYPE", f"{FACTS}.informed_at"),
        ('{"informed_at": "9999-12-31T23:59:59-08:00"}', "VALUE_TYPE", f"{FACTS}.informed_at"),
        ('{"visit_registration_no": "a\\u0007b"}', "VALUE_TYPE", f"{FACTS}.visit_registration_no"),
        ('{"visit_registration_no": "' + "长" * 2001 + '"}', "VALUE_TYPE", f"{FACTS}.visit_registration_no"),
        ('{"matters_in_quarter": 3}', "FACT_COUNTED", f"{FACTS}.matters_in_quarter"),
        ("[]", "NOT_AN_OBJECT", FACTS),
        ('"letter"', "NOT_AN_OBJECT", FACTS),
        ("3", "NOT_AN_OBJECT", FACTS),
        ("{", "JSON_INVALID", FACTS),
        ("{'channel': 'letter'}", "JSON_INVALID", FACTS),
        ('{"channel": "letter", "channel": "visit"}', "JSON_INVALID", FACTS),
        ('{"joint_count": NaN}', "JSON_INVALID", FACTS),
        ('{"joint_count": -Infinity}', "JSON_INVALID", FACTS),
        ('{"joint_count": 1e3}', "JSON_INVALID", FACTS),
        ('{"joint_count": 1E-400}', "JSON_INVALID", FACTS),
        ('{"joint_count": ' + "9" * 5000 + "}", "JSON_INVALID", FACTS),
        ('{"joint_count": ' + "[" * 100_000 + "]" * 100_000 + "}", "JSON_INVALID", FACTS),
        ('{"visit_registration_no": "\\ud800"}', "JSON_INVALID", FACTS),
        ('{"\\udfff": 1}', "JSON_INVALID", FACTS),
        ('{"\\ud800": 1, "\\ud800": 2}', "JSON_INVALID", FACTS),
        ('{"channel": "\\ud800"}', "JSON_INVALID", FACTS),
        ("null", "NOT_AN_OBJECT", FACTS),
        (" " * (256 * 1024 + 1), "TEXT_TOO_LARGE", FACTS),
    ],
    ids=lambda text: text if len(text) < 60 else text[:40],
)
def test_facts_that_cannot_be_meant(facts: str, code: str, place: str) -> None:
    assert of_matter(matter(facts)) == [(code, place)]


@pytest.mark.parametrize(
    ("about", "code", "place"),
    [
        (matter({}, unknown=["chanel"]), "FACT_UNKNOWN", "matter.unknown_facts"),
        (matter({"channel": "letter"}, unknown=["channel"]), "TOLD_AND_UNKNOWN", "matter.unknown_facts"),
        (matter({}, [{"type": "recieved", "at": "2026-05-01"}]), "EVENT_UNKNOWN", "matter.events[0].type"),
        (matter({}, [{"type": "received"}]), "MOMENT_MISSING", "matter.events[0].at"),
        (
            matter({}, [{"type": "received", "at": "2026-05-02", "ended_at": "2026-05-01"}]),
            "END_BEFORE_START",
            "matter.events[0].ended_at",
        ),
        (
            matter({}, [{"type": "received", "at": "2026-05-02", "reply_by": "2026-06-01"}]),
            "ATTRIBUTE_UNKNOWN",
            "matter.events[0].attributes_json.reply_by",
        ),
        (
            matter({}, [{"type": "assigned", "at": "2026-05-02", "reply_by": "2026-06-31"}]),
            "VALUE_TYPE",
            "matter.events[0].attributes_json.reply_by",
        ),
        (
            matter({}, [{"type": "received", "at": "2026-05-02", "request_id": "r9"}]),
            "REQUEST_UNKNOWN",
            "matter.events[0].request_id",
        ),
        (
            matter({}, [{"type": "received", "at": "2026-05-02", "event_id": "e"}] * 2),
            "KEY_TWICE",
            "matter.events[1].event_id",
        ),
        (
            matter({}, [{"type": "received", "at": "2026-05-02", "event_id": ""}] * 2),
            "KEY_TWICE",
            "matter.events[1].event_id",
        ),
        (
            matter({}, [{"type": "received", "at": "2026-05-02", "official_key": "\u202egnp"}]),
            "KEY_INVALID",
            "matter.events[0].official_key",
        ),
        (matter({}, requests={"": {}, "r2": {}}), "KEY_MISSING", "matter.requests[0].request_id"),
        (matter({}, matter_id="m" * 201), "KEY_INVALID", "matter.matter_id"),
        (matter({}, related=[("urgin", {})]), "KIND_UNKNOWN", "matter.related_facts[0].kind"),
        (matter({}, related=[("urging", {})]), "FIELD_MISSING", "matter.related_facts[0].facts_json.matter"),
        (
            matter({}, related=[("urging", {"matter": 1})]),
            "VALUE_TYPE",
            "matter.related_facts[0].facts_json.matter",
        ),
        (
            matter({}, related=[("urging", {"matter": "m", "day": 1})]),
            "ATTRIBUTE_UNKNOWN",
            "matter.related_facts[0].facts_json.day",
        ),
        (
            matter({}, requests={"r1": {"branch": 6}}),
            "VALUE_TYPE",
            "matter.requests[0].facts_json.branch",
        ),
        (matter({}, requests={str(n): {} for n in range(201)}), "TOO_MANY_ITEMS", "matter.requests"),
        (
            matter({}, [{"type": "urged", "at": "2026-05-01"}] * 2001),
            "TOO_MANY_ITEMS",
            "matter.events",
        ),
        (matter({}, related=[("urging", {"matter": "m"})] * 501), "TOO_MANY_ITEMS", "matter.related_facts"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_matters_that_cannot_be_meant(about: common_pb2.Matter, code: str, place: str) -> None:
    assert of_matter(about) == [(code, place)]


@pytest.mark.parametrize(
    ("asked", "code", "place"),
    [
        (context(as_of="2026-02-30"), "DAY_INVALID", "context.as_of"),
        (context(as_of="2026-2-3"), "DAY_INVALID", "context.as_of"),
        (context(as_of="0001-01-01"), "DAY_INVALID", "context.as_of"),
        (context(at="2026-06-01", place="99010"), "JURISDICTION_INVALID", "context.jurisdiction"),
        (context(at="2026-06-01", view=4), "VIEW_UNKNOWN", "context.view"),
        (context(at="2026-06-01", view=-1), "VIEW_UNKNOWN", "context.view"),
        (context(at="2026-06-01", place="99０101"), "JURISDICTION_INVALID", "context.jurisdiction"),
        (
            context(at="2026-06-01", pinned_revisions=["colours@0"]),
            "RULESET_UNKNOWN",
            "context.pinned_revisions[0]",
        ),
        (
            context(at="2026-06-01", pinned_revisions=["clocks@0"]),
            "REVISION_UNKNOWN",
            "context.pinned_revisions[0]",
        ),
        (
            context(at="2026-06-01", pinned_revisions=["clocks"]),
            "REVISION_UNKNOWN",
            "context.pinned_revisions[0]",
        ),
        (
            context(at="2026-06-01", pinned_revisions=["clocks@0"] * 1001),
            "TOO_MANY_ITEMS",
            "context.pinned_revisions",
        ),
    ],
)
def test_questions_that_cannot_be_meant(asked: common_pb2.Context, code: str, place: str) -> None:
    told = problems(lambda: assess(shipped(), matter(), asked))
    assert [(problem.code, problem.place) for problem in told] == [(code, place)]


@pytest.mark.parametrize(
    ("seconds", "nanos"),
    [
        (-62135596800, 0),
        (253402300799, 0),
        (10**15, 0),
        (-(10**15), 0),
        (2**63 - 1, 0),
        (1_780_000_000, -1),
        (1_780_000_000, 10**9),
    ],
)
@pytest.mark.parametrize("where", ["context.at", "matter.events[0].at", "matter.events_complete_until"])
def test_moments_outside_the_calendar_are_refused_by_their_field(
    seconds: int, nanos: int, where: str
) -> None:
    asked, about = context(at="2026-06-01"), matter({}, [{"type": "received", "at": "2026-05-01"}])
    target = {"context.at": asked.at, "matter.events[0].at": about.events[0].at}.get(
        where, about.events_complete_until
    )
    target.CopyFrom(Timestamp(seconds=seconds, nanos=nanos))
    told = problems(lambda: assess(shipped(), about, asked))
    assert where in [problem.place for problem in told]


def test_nothing_in_place_of_a_field_is_not_to_be_mended_by_nothing() -> None:
    (told,) = problems(lambda: assess(shipped(), matter({}, related=[("urging", {"matter": None})]), AT))
    assert (told.code, told.place) == ("VALUE_TYPE", "matter.related_facts[0].facts_json.matter")
    assert "null" not in told.cure


def test_a_question_about_nothing_is_refused() -> None:
    asked = context(at="2026-06-01")
    for place, ask in (
        ("matter", lambda: commands.assess(shipped(), pb.AssessRequest(context=asked), NOW)),
        (
            "matter",
            lambda: commands.evaluate(shipped(), pb.EvaluateRequest(ruleset="clocks", context=asked), NOW),
        ),
        ("affair", lambda: commands.assess_affair(shipped(), pb.AssessAffairRequest(context=asked), NOW)),
    ):
        assert [(one.code, one.place) for one in problems(ask)] == [("SUBJECT_MISSING", place)]


def test_every_problem_of_a_context_is_told_at_once() -> None:
    asked = context(as_of="2026-02-30", place="99", view=9, pinned_revisions=["clocks"])
    asked.at.CopyFrom(Timestamp(seconds=10**15))
    told = problems(lambda: assess(shipped(), matter(), asked))
    assert {problem.place for problem in told} == {
        "context.as_of",
        "context.at",
        "context.jurisdiction",
        "context.view",
        "context.pinned_revisions[0]",
    }


def test_every_problem_of_a_question_is_told_at_once() -> None:
    about = matter(
        {"chanel": "letter", "joint_count": "3"},
        [{"type": "recieved", "at": "2026-05-01"}, {"type": "received"}],
        unknown=["branhc"],
    )
    assert sorted(of_matter(about)) == sorted(
        [
            ("FACT_UNKNOWN", f"{FACTS}.chanel"),
            ("VALUE_TYPE", f"{FACTS}.joint_count"),
            ("FACT_UNKNOWN", "matter.unknown_facts"),
            ("EVENT_UNKNOWN", "matter.events[0].type"),
            ("MOMENT_MISSING", "matter.events[1].at"),
        ]
    )


def test_a_misspelt_name_is_told_with_the_nearest_right_one() -> None:
    (problem,) = problems(lambda: assess(shipped(), matter({"chanel": "letter"}), AT))
    assert problem.cure == "是不是“channel”？"


@pytest.mark.parametrize(
    ("facts", "shown"),
    [('{"channel": true}', "true"), ('{"litigation_related": 0}', "0"), ('{"channel": [null]}', "…")],
)
def test_a_value_of_another_type_is_shown_as_json_has_it(facts: str, shown: str) -> None:
    (problem,) = problems(lambda: assess(shipped(), matter(facts), AT))
    assert f"写成了“{shown}”，" in problem.message


@pytest.mark.parametrize(
    ("ruleset", "code", "refusal"),
    [
        ("clock", "RULESET_UNKNOWN", Refusal.NOT_FOUND),
        ("clocks@0", "REVISION_UNKNOWN", Refusal.NOT_FOUND),
        ("clocks@", "REVISION_UNKNOWN", Refusal.NOT_FOUND),
        ("three-colours", "WRONG_SUBJECT", Refusal.INVALID),
        ("", "RULESET_UNKNOWN", Refusal.NOT_FOUND),
    ],
)
def test_a_ruleset_that_cannot_be_asked(ruleset: str, code: str, refusal: Refusal) -> None:
    with pytest.raises(RefusedError) as refused:
        evaluate(shipped(), ruleset, matter(), AT)
    assert (refused.value.problems[0].code, refused.value.refusal) == (code, refusal)


def test_a_source_of_no_revision_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        commands.get_ruleset(shipped(), pb.GetRulesetRequest(name="clocks@"), NOW)
    assert refused.value.problems[0].code == "REVISION_UNKNOWN"


def test_a_batch_that_is_too_large_is_refused_as_a_whole() -> None:
    request = pb.BatchAssessRequest(context=AT, matters=[common_pb2.Matter()] * 1001)
    with pytest.raises(RefusedError) as refused:
        commands.batch_assess(shipped(), request, NOW)
    assert refused.value.refusal is Refusal.TOO_LARGE


@pytest.mark.parametrize(
    ("request_", "code", "place"),
    [
        ({}, "MOMENT_MISSING", "period"),
        ({"period": ("2026-04-01", "2026-06-31")}, "DAY_INVALID", "period.last_day"),
        ({"period": ("2026-06-30", "2026-04-01")}, "PERIOD_REVERSED", "period.last_day"),
        ({"period": ("2026-04-01", "2026-06-30"), "facts": '{"office_knd": "x"}'}, "FACT_UNKNOWN",
         "office.facts_json.office_knd"),
        ({"period": ("2026-04-01", "2026-06-30"), "matters": 2}, "KEY_TWICE", "matters[1].matter_id"),
        ({"period": ("2026-04-01", "2026-06-30"), "bad": '{"channel": 1}'}, "VALUE_TYPE",
         "matters[0].facts_json.channel"),
    ],
)  # fmt: skip
def test_offices_that_cannot_be_meant(request_: Mapping[str, object], code: str, place: str) -> None:
    request = pb.AssessOfficeRequest(context=AT)
    request.office.office_id = "o1"
    request.office.facts_json = str(request_.get("facts", ""))
    if isinstance(days := request_.get("period"), tuple):
        request.period.first_day, request.period.last_day = days
    for _ in range(int(str(request_.get("matters", 0)))):
        request.matters.add(matter_id="same")
    if "bad" in request_:
        request.matters.add(matter_id="m", facts_json=str(request_["bad"]))
    told = problems(lambda: commands.assess_office(shipped(), [request], NOW))
    assert [(problem.code, problem.place) for problem in told] == [(code, place)]


def test_only_the_first_part_about_an_office_may_say_which_office() -> None:
    first = pb.AssessOfficeRequest(
        context=AT, period=pb.Period(first_day="2026-04-01", last_day="2026-06-30")
    )
    again = pb.AssessOfficeRequest(office=pb.Office(office_id="o2"))
    told = problems(lambda: commands.assess_office(shipped(), [first, again], NOW))
    assert [problem.code for problem in told] == ["HEAD_REPEATED"]


@pytest.mark.parametrize("depth", range(80, 1200, 20))
def test_no_depth_of_nesting_gets_through_or_breaks_anything(depth: int) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        text = '{"channel": ' + opening * depth + "1" + closing * depth + "}"
        (told,) = of_matter(matter(text))
        assert told in [("JSON_INVALID", FACTS), ("VALUE_TYPE", f"{FACTS}.channel")]


def test_very_many_wrong_names_are_answered_as_fast_as_a_few() -> None:
    """Some of them are enough to mend the caller; the answer stays small enough to be sent."""
    text = json.dumps({f"chanel{n}": 1 for n in range(12_000)})
    told = problems(lambda: assess(shipped(), matter(text), AT))
    assert len(told) <= 200


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(sorted(shipped().vocabulary.facts)) | st.text(max_size=8)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=4).map(json.dumps) | st.text(max_size=40)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
MOMENTS = st.integers(-(2**40), 2**40) | st.integers(1_700_000_000, 1_900_000_000)


@st.composite
def events(draw: st.DrawFn) -> common_pb2.Event:
    message = common_pb2.Event(
        event_id=draw(TEXT),
        type=draw(st.sampled_from(sorted(shipped().vocabulary.events)) | TEXT),
        request_id=draw(st.just("") | TEXT),
        recipient_key=draw(st.just("") | TEXT),
        attributes_json=draw(st.just("") | st.just('{"days_extended": 20}') | OBJECTS.filter(encodable)),
    )
    for name in ("at", "ended_at", "recorded_at"):
        if draw(st.booleans()):
            getattr(message, name).seconds = draw(MOMENTS)
    return message


def encodable(text: str) -> bool:
    return not re.search("[\ud800-\udfff]", text)


@st.composite
def matters(draw: st.DrawFn) -> common_pb2.Matter:
    message = common_pb2.Matter(
        matter_id=draw(TEXT),
        facts_json=draw(OBJECTS.filter(encodable)),
        unknown_facts=draw(st.lists(NAMES.filter(encodable), max_size=2)),
        events=draw(st.lists(events(), max_size=3)),
        related_facts=[common_pb2.RelatedFact(kind="urging", facts_json=draw(OBJECTS.filter(encodable)))]
        if draw(st.booleans())
        else [],
    )
    if draw(st.booleans()):
        message.events_complete_until.seconds = draw(MOMENTS)
    return message


@examples(300)
@given(matters())
def test_a_question_of_any_shape_is_answered_or_refused_and_nothing_else(about: common_pb2.Matter) -> None:
    try:
        answer = assess(shipped(), about, AT)
    except RefusedError as refused:
        told = refused.problems
        problems(lambda: assess(shipped(), about, AT))
        assert all(problem.code in Wrong.__members__ and problem.place for problem in told)
    else:
        assert answer.decision_id


def test_a_batch_answers_the_good_and_tells_what_is_wrong_with_the_bad() -> None:
    good = matter({"channel": "letter", "joint_count": 60}, matter_id="good")
    request = pb.BatchAssessRequest(
        context=AT, matters=[matter({"channel": 1}, matter_id="bad"), good, matter("{", matter_id="worse")]
    )
    items = commands.batch_assess(shipped(), request, NOW).items
    assert [item.matter_id for item in items] == ["bad", "good", "worse"]
    assert [bool(item.problems) for item in items] == [True, False, True]
    assert [(items[0].problems[0].code, items[0].problems[0].field)] == [
        ("VALUE_TYPE", "matters[0].facts_json.channel")
    ]
    assert items[2].problems[0].field == "matters[2].facts_json"
    assert not items[0].HasField("answer")
    assert items[1].answer == assess(shipped(), good, AT)


def test_moments_keep_their_place_in_a_batch() -> None:
    bad = matter({}, [{"type": "received", "at": "2026-05-01"}], matter_id="bad")
    bad.events[0].at.seconds = 10**15
    request = pb.BatchAssessRequest(context=AT, matters=[matter(), bad])
    items = commands.batch_assess(shipped(), request, NOW).items
    assert [problem.field for problem in items[1].problems] == ["matters[1].events[0].at"]
    assert items[0].answer.at == stamp("2026-06-01")
