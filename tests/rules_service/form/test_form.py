"""The canonical form: it changes the layout and nothing else."""

from pathlib import Path

import pytest
import yaml
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from rules_service.engine.rulebook import load_basics, ruleset_files
from rules_service.language import source
from rules_service.language.form import canonical, form_file
from rules_service.language.ruleset import revision_of

RULESETS = Path(__file__).parents[3] / "rulesets"
BASICS, _ = load_basics(RULESETS)
SHIPPED = {path.stem: path.read_text(encoding="utf-8") for path in ruleset_files(RULESETS)}
COMMENT = "# 说明"
EXAMPLES = 25


def form(text: str) -> str:
    return canonical(text, BASICS.vocabulary)


def plain(text: str) -> object:
    node, reading = source.read(text, "")
    assert node is not None, reading.findings
    return source.plain(node)


def revision(text: str) -> str:
    node, reading = source.read(text, "")
    assert node is not None, reading.findings
    return revision_of(node)


def comments(text: str) -> list[str]:
    """Comments by a plainer reading than the form's: texts of these tests hold no other # after a blank."""
    return sorted(line[line.index("# ") :].strip() for line in text.splitlines() if "# " in line)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_rulesets_stand_in_their_form(name):
    assert form(SHIPPED[name]) == SHIPPED[name]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A shipped ruleset written otherwise: keys shuffled, other line widths and styles, comments put in."""
    value = yaml.load(SHIPPED[draw(st.sampled_from(sorted(SHIPPED)))], yaml.BaseLoader)
    random = draw(st.randoms(use_true_random=False))

    for key in ("inputs", "tables", "duties", "chains", "examples"):
        if key in value:
            value[key] = random.sample(value[key], min(2, len(value[key])))

    def shuffled(node: object) -> object:
        if isinstance(node, dict):
            keys = list(node)
            random.shuffle(keys)
            return {key: shuffled(node[key]) for key in keys}
        return [shuffled(item) for item in node] if isinstance(node, list) else node

    if draw(st.booleans()):
        value = shuffled(value)
    text = yaml.dump(
        value,
        allow_unicode=True,
        sort_keys=False,
        default_flow_style=draw(st.sampled_from([None, False])),
        width=draw(st.sampled_from([40, 110, 10_000])),
        indent=draw(st.sampled_from([2, 4])),
        line_break=draw(st.sampled_from(["\n", "\r\n"])),
    )
    return with_comments(draw, text)


def with_comments(draw: st.DrawFn, text: str) -> str:
    """Comments put wherever YAML keeps saying the same with them."""
    lines = text.splitlines()
    before = plain(text)
    for number in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        mark = f"{COMMENT}{number}"
        tried = [*lines]
        if draw(st.booleans()):
            tried[at] += f"  {mark}"
        else:
            tried.insert(at, " " * draw(st.integers(0, 8)) + mark)
        node, _ = source.read("\n".join(tried), "")
        if node is not None and source.plain(node) == before:
            lines = tried
    return "\n".join(lines) + "\n"


@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(mutated())
def test_the_form_says_the_same_keeps_every_comment_and_is_its_own_form(text):
    formed = form(text)
    assert revision(formed) == revision(text)
    assert plain(formed) == plain(text)
    assert comments(formed) == comments(text)
    assert form(formed) == formed


@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(mutated())
def test_two_files_that_say_the_same_have_one_form(text):
    """Comments left out, and where no order that has a meaning was changed."""
    bare = "\n".join(line.split(COMMENT)[0].rstrip() for line in text.splitlines()) + "\n"
    flat = yaml.dump(yaml.load(bare, yaml.BaseLoader), allow_unicode=True, sort_keys=False, width=10_000)
    assert form(bare) == form(flat)


@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(mutated())
def test_the_order_of_patterns_and_outputs_stays(text):
    before, after = plain(text), plain(form(text))
    for key, inner in (("tables", "out"), ("chains", "when")):
        for one, other in zip(before.get(key, []), after.get(key, []), strict=True):
            assert list(one[inner]) == list(other[inner])


@settings(max_examples=EXAMPLES, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(mutated())
def test_lines_are_tidy(text):
    formed = form(text)
    assert "\t" not in formed
    assert "\r" not in formed
    assert formed.endswith("\n")
    assert not formed.endswith("\n\n")
    assert all(line == line.rstrip() for line in formed.splitlines())


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
@example("测试\ufffe")
@example("一\uffff")
def test_any_text_reads_back_as_itself(text):
    value = {"ruleset": "x", "note": text, "inputs": [text, {"title": text}]}
    written = yaml.dump(value, allow_unicode=False)
    assert plain(form(written)) == plain(written)
    assert form(form(written)) == form(written)


def in_note(written: str) -> str:
    return form(f"note: {written}\n").removeprefix("note: ").removesuffix("\n")


@pytest.mark.parametrize(
    ("written", "formed"),
    [
        ("'平常的字'", "平常的字"),
        ("'true'", '"true"'),
        ("34", '"34"'),
        ("22.1(3)", '"22.1(3)"'),
        ("2024-05-01", '"2024-05-01"'),
        ("1e3", '"1e3"'),
        ("y", '"y"'),
        ("~", '"~"'),
        ("", '""'),
        ("'>= 3'", '">= 3"'),
        ("'-'", '"-"'),
        ('\'"1", "2"\'', '\'"1", "2"\''),
        ("'it''s \"so\"'", "'it''s \"so\"'"),
        ('"a\\tb"', '"a\\tb"'),
        ("not(report)", "not(report)"),
        ("'a: b'", '"a: b"'),
        ("'a #b'", '"a #b"'),
        ("P15D", "P15D"),
        ("' x'", '" x"'),
    ],
)
def test_texts_are_quoted_where_yaml_would_guess(written, formed):
    assert in_note(written) == formed


def test_what_is_meant_as_a_number_or_a_date_stands_plain():
    text = """
in_force_from: "2024-05-01"
parameters: {days: {type: int, value: "15"}, code: {type: enum branch, value: 1}}
tables:
- {out: {days: {type: int}, way: {type: enum branch}}, rows: [{if: [true, 5], then: ["5", 6]}]}
examples:
- {facts: {joint_count: "5", branch: 6, litigation_related: "true", visit_registration_no: null}}
"""
    formed = form(text)
    assert "in_force_from: 2024-05-01" in formed
    assert "    value: 15\n" in formed
    assert '    value: "1"\n' in formed
    assert '{if: ["true", "5"], then: [5, "6"]}' in formed
    assert (
        'facts: {joint_count: 5, branch: "6", litigation_related: true, visit_registration_no: null}'
        in formed
    )


def test_texts_of_several_lines_stand_as_they_were_written():
    assert form('note: "第一段\\n第二段"\n') == "note: |-\n  第一段\n  第二段\n"
    assert form("note: |\n    第一段\n\n    第二段\n") == "note: |\n  第一段\n\n  第二段\n"
    assert form('note: "第一段\\n\\n"\n') == 'note: "第一段\\n\\n"\n'


COMMENTED = """
# 开头
duties: # 时限
# 甲的上面
- id: a # 甲
  met_by: [x, # 头一件
    z]
  # 甲没有写完
- # 乙的里面
  title: 乙
  # 编号
  id: b
  # - 去掉的
tables:
  - id: t
    rows:
      - {id: r} # 行
      # - {id: 去掉的行}
# 末尾
"""


def test_comments_stay_beside_what_they_speak_of():
    assert (
        form(COMMENTED)
        == """tables:
  - id: t
    rows:
      - {id: r} # 行
      # - {id: 去掉的行}

# 开头
duties: # 时限
  # 甲的上面
  - id: a # 甲
    met_by:
      - x # 头一件
      - z
    # 甲没有写完

  # 编号
  - id: b
    # 乙的里面
    title: 乙
    # - 去掉的
# 末尾
"""
    )


def test_a_file_with_errors_is_told_and_left():
    for name in ("vocabulary.yaml", "no-such.yaml"):
        formed = form_file(RULESETS / name, BASICS.vocabulary, BASICS.sources)
        assert formed.findings
        assert not formed.changed
