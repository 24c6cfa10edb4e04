import json
from pathlib import Path

import pytest

from huiyin.examples import find_examples, read_example, read_moment
from huiyin.yaml_file import read_yaml
from service_kit.problems import RefusedError

MATTER = """\
title: 来信求决
note: 虚构
at: 2024-06-03T09:00:00+08:00
as_of: 2024-06-03
jurisdiction: 640425
matter:
  matter_id: m1
  facts: {channel: letter, visitors: 3, share: 0.10, signed: true, answer: no, office: 007, seen: null}
  unknown_facts: [real_name]
  requests:
    - {request_id: r1, facts: {branch: 6}}
  events:
    - {event_id: e1, type: registered, at: 2024-05-20, days_extended: 20}
    - {event_id: e2, type: served, at: "2024-05-21T08:30:00Z", request_id: r1, recipient_key: p1,
       attributes: {reply_by: 2024-06-30}}
  related_facts:
    - {kind: urging, facts: {matter: m1}}
papers:
  N02:
    number: 某信告〔2024〕1号
    data: {issuer: 某局, finish_by: 2024-08-01}
    seal: sample
    draft: true
    forbidden_recipients: [某厂, {key: k1, name: 某人}]
"""

OFFICE = """\
title: 街道一季度
office: {office_id: o1, facts: {office_kind: township}}
period: {first_day: 2024-01-01, last_day: 2024-03-31}
matters:
  - {matter_id: m1}
  - {matter_id: m2}
  - {matter_id: m3}
"""


@pytest.fixture
def write(tmp_path):
    def write(text: str, name: str = "example.yaml") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def refused(path: Path) -> list[str]:
    with pytest.raises(RefusedError) as error:
        read_example(path)
    return [str(problem).replace(str(path), "FILE") for problem in error.value.problems]


def test_a_matter_becomes_messages(write):
    example = read_example(write(MATTER))
    assert (example.title, example.office, len(example.matters)) == ("来信求决", None, 1)
    request = example.assess_request()
    assert (request.context.as_of, request.context.jurisdiction) == ("2024-06-03", "640425")
    assert request.context.at.ToJsonString() == "2024-06-03T01:00:00Z"
    matter = request.matter
    assert json.loads(matter.facts_json) == {
        "channel": "letter",
        "visitors": 3,
        "share": 0.1,
        "signed": True,
        "answer": "no",
        "office": "007",
        "seen": None,
    }
    assert matter.unknown_facts == ["real_name"]
    assert json.loads(matter.requests[0].facts_json) == {"branch": 6}
    assert matter.events[0].at.ToJsonString() == "2024-05-19T16:00:00Z"
    assert json.loads(matter.events[0].attributes_json) == {"days_extended": 20}
    assert (matter.events[1].request_id, matter.events[1].recipient_key) == ("r1", "p1")
    assert matter.events[1].at.ToJsonString() == "2024-05-21T08:30:00Z"
    assert json.loads(matter.events[1].attributes_json) == {"reply_by": "2024-06-30"}
    assert matter.related_facts[0].kind == "urging"


def test_events_without_a_key_get_one_each(write):
    text = MATTER.replace("event_id: e1, ", "").replace("event_id: e2, ", "")
    events = read_example(write(text)).assess_request().matter.events
    assert [event.event_id for event in events] == ["event-0", "event-1"]


def test_what_a_case_system_adds_to_a_paper(write):
    order = read_example(write(MATTER)).papers["N02"]
    assert (order.number, order.seal, order.draft) == ("某信告〔2024〕1号", "sample", True)
    assert order.data == {"issuer": "某局", "finish_by": "2024-08-01"}
    assert [(party.key, party.name) for party in order.forbidden_recipients] == [("", "某厂"), ("k1", "某人")]


def test_an_office_is_sent_in_several_messages(write):
    example = read_example(write(OFFICE))
    first, *others = example.assess_office_requests(matters_a_message=2)
    assert (first.office.office_id, first.period.last_day) == ("o1", "2024-03-31")
    assert [[matter.matter_id for matter in it.matters] for it in others] == [["m1", "m2"], ["m3"]]


def test_everything_wrong_with_an_example_is_told_at_once(write):
    path = write(
        "at: soon\nplace: here\nmatter:\n  facts: [a]\n  events:\n    - {type: x, at: 2024-13-01}\n"
        "  requests: {r1: x}\n"
    )
    assert refused(path) == [
        "FILE place：没有这一项。可用的项："
        "title、note、at、as_of、jurisdiction、pinned_revisions、papers、"
        "matter、affair、office、period、earlier_period、matters。 [H106]",
        "FILE matter.requests：这里要写一个列表。 [H104]",
        "FILE matter.facts：这里要写“名称: 值”的对照。 [H104]",
        "FILE matter.events[0].at：“2024-13-01”不是时间。"
        "写成 2024-06-30 或 2024-06-30T09:00:00+08:00。 [H107]",
        "FILE at：“soon”不是时间。写成 2024-06-30 或 2024-06-30T09:00:00+08:00。 [H107]",
    ]


@pytest.mark.parametrize("text", ["title: x\n", MATTER + OFFICE.partition("\n")[2]])
def test_an_example_is_about_a_matter_or_an_office(write, text):
    assert any("[H105]" in problem for problem in refused(write(text)))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: [1\n", "FILE 第 2 行第 1 列：YAML 写法有误"),
        ("matter: {}\nmatter: {}\n", "FILE 第 2 行第 1 列：YAML 写法有误（“matter”写了两次）"),
        ("a: !!python/object:os.system x\n", "FILE 第 1 行第 4 列：YAML 写法有误"),
        ("a: \x00\n", "FILE：YAML 写法有误"),
        ('a: 1\nb: "\\ud800"\n', "FILE 第 2 行第 4 列：YAML 写法有误（“\\ud800”不是一个字）"),
        ('"\\udfff": 1\n', "FILE 第 1 行第 1 列：YAML 写法有误（“\\udfff”不是一个字）"),
    ],
)
def test_what_is_not_yaml_is_told_with_its_place(write, text, told):
    (problem,) = refused(write(text))
    assert problem.startswith(told)


def test_a_missing_file_is_told(tmp_path):
    assert refused(tmp_path / "none.yaml") == ["FILE：没有这个文件。请检查路径。 [H101]"]


def test_a_file_in_another_encoding_is_told(tmp_path):
    (tmp_path / "gbk.yaml").write_bytes("title: 来信".encode("gbk"))
    assert "请检查权限，并存为 UTF-8" in refused(tmp_path / "gbk.yaml")[0]


def test_scalars_are_what_they_look_like(write):
    path = write("[yes, on, 2024-06-30, 08:30, 010, 1_000, 0x1F, .5, 12.50, -3, null, ~, true, 1e3]")
    assert read_yaml(path) == [
        "yes", "on", "2024-06-30", "08:30", "010", "1_000", "0x1F", ".5", 12.5, -3, None, None, True, "1e3"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-06-30", "2024-06-29T16:00:00Z"),
        ("2024-06-30T09:00", "2024-06-30T01:00:00Z"),
        ("2024-06-30 09:00:00", "2024-06-30T01:00:00Z"),
        ("2024-06-30T09:00:00Z", "2024-06-30T09:00:00Z"),
    ],
)
def test_a_moment_without_offset_is_meant_in_shanghai(text, moment):
    assert read_moment(text, "at").ToJsonString() == moment


def test_matters_come_before_offices(write, tmp_path):
    for name in ("offices/a.yaml", "matters/b.yaml", "matters/a.yaml", "adoptions.yaml"):
        write("", name)
    found = [str(path.relative_to(tmp_path)) for path in find_examples(tmp_path)]
    assert found == ["matters/a.yaml", "matters/b.yaml", "offices/a.yaml"]
