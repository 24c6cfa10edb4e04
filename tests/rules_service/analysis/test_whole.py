"""One pass tells everything: a part with an error hides nothing of the others, and makes up nothing.

Every small failing file gets a part more that has an error of its own, in a section that it lacks; and every
scalar of a shipped ruleset is spoilt in turn.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from rules_service.analysis.check import Library, Loaded, check, check_ruleset, load
from rules_service.analysis.doubts import basics_of
from rules_service.calendar import load_calendar
from rules_service.engine.rulebook import CALENDAR, ruleset_files
from rules_service.language.findings import errors
from tests.reference.profile import examples

RULESETS = Path(__file__).parents[3] / "rulesets"
FINDINGS = Path(__file__).parents[1] / "findings"
BROKEN = {
    "stray": "stray: 1\n",
    "parameters": "parameters: {odd: {label: 坏, type: int, value: x, basis: convention, note: 试验}}\n",
    "tables": "tables: [{id: odd, title: 坏, in: [nothing], out: {o: {type: bool, label: 坏}}, rows: []}]\n",
    "duties": "duties: [{id: odd, title: 坏, concept: nothing, who: organ, due: {from: received},"
    " met_by: [answered], basis: convention, note: 试验}]\n",
    "chains": "chains: [{id: odd, title: 坏, when: {a: {kind: nothing}}, then: {finding: {kind: late}},"
    " basis: convention, note: 试验}]\n",
    "indicators": "indicators: [{id: nothing, total: {count: nothing}, basis: convention, note: 试验}]\n",
    "pack": "pack: nothing\n",
}
# Files that are no YAML tell where they are none, and nothing of what they would say.
NO_YAML = ("S001", "S004", "S009")
RULES = sorted(
    path
    for path in FINDINGS.glob("*.yaml")
    if re.search(rb"^ruleset:", path.read_bytes(), re.MULTILINE) and not path.stem.startswith(NO_YAML)
)
# What hangs on the very part that is broken: totals, the papers of all parts, that no pack is written.
HANGS_ON = {
    "E001-another-total": {"duties"},
    "E001-papers-not-called-for": {"tables", "duties", "chains"},
    "L011-binds-everywhere": {"pack"},
    "S007-place-without-pack": {"pack"},
}


@pytest.fixture
def base(tmp_path: Path) -> Path:
    shutil.copytree(FINDINGS / "base", tmp_path / "base")
    shutil.copytree(RULESETS / "calendars", tmp_path / "base" / "calendars")
    return tmp_path / "base"


def told(path: Path, base: Path) -> set[tuple[str, int, str, str]]:
    findings = check([path], base, base / "texts").findings
    return {(it.code, it.line, it.place, it.message) for it in findings}


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_another_error_hides_nothing_and_makes_up_nothing(path: Path, base: Path) -> None:
    text = path.read_bytes()
    if not text.endswith(b"\n"):
        text += b"\n"
    last = len(text.splitlines())
    draft = base.parent / "draft.yaml"
    draft.write_bytes(text)
    before = told(draft, base)
    for section, broken in BROKEN.items():
        if section in HANGS_ON.get(path.stem, ()) or re.search(rf"^{section}:".encode(), text, re.MULTILINE):
            continue
        draft.write_bytes(text + broken.encode())
        after = told(draft, base)
        own = {it for it in after if it[1] > last}
        assert {it[0] for it in own}, section
        assert (section, after - own) == (section, before)


def spots(text: str) -> list[tuple[int, int, int, int]]:
    """Where the scalars of a file begin and end, with the first and the last line of their part."""
    result = []
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for _, section in root.value:
        parts = [section]
        if isinstance(section, yaml.SequenceNode):
            parts = section.value
        elif isinstance(section, yaml.MappingNode):
            parts = [value for _, value in section.value]
        for part in parts:
            lines = part.start_mark.line + 1, part.end_mark.line + 1
            result += [(it.start_mark.index, it.end_mark.index, *lines) for it in scalars(part)]
    return result


def scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    if isinstance(node, yaml.ScalarNode):
        yield node
    for inner in node.value if isinstance(node, yaml.CollectionNode) else ():
        yield from scalars(inner[1] if isinstance(inner, tuple) else inner)


BASICS, _, _ = basics_of(RULESETS)
CHINA = load_calendar(RULESETS / CALENDAR)
SHIPPED = {path: load(path, BASICS) for path in ruleset_files(RULESETS)}
SPOTS = [(path, spot) for path in SHIPPED for spot in spots(path.read_text(encoding="utf-8"))]
TITLE = re.compile("表“.*?”")
# What nothing names is not used, as long as that is so.
UNUSED = {"R012", "R014"}


def said(path: Path, one: Loaded) -> set[tuple[str, int, str]]:
    library = Library.of(BASICS, CHINA, [one], [it for file, it in SHIPPED.items() if file != path], None)
    findings = check_ruleset(one, library).findings
    return {(it.code, it.line, TITLE.sub("", it.message)) for it in findings}


@examples(150, 20_000)
@given(st.sampled_from(SPOTS), st.sampled_from(['"§"', '""', "no_such_name", '"-1"', "9999999999", "[a]"]))
def test_what_is_said_beside_an_error_holds_without_it(
    tmp_path_factory: pytest.TempPathFactory, spot: tuple[Path, tuple[int, int, int, int]], otherwise: str
) -> None:
    path, (start, end, first, last) = spot
    text = path.read_text(encoding="utf-8")
    draft = tmp_path_factory.getbasetemp() / "draft.yaml"
    draft.write_text(text[:start] + otherwise + text[end:], encoding="utf-8")
    spoilt = load(draft, BASICS)
    read = {(it.code, it.line, TITLE.sub("", it.message)) for it in spoilt.findings}
    # Another word that is as good a word changes what is decided, and examples show it.
    assume(any(first <= it.line <= last for it in errors(list(spoilt.findings))))
    beside = {it for it in said(path, spoilt) - read if it[0] not in UNUSED}
    assert beside - said(path, SHIPPED[path]) == set()


DRAFTS = ("T004-rows-overlap", "S006-unknown-key", "L004-period-lengthened", "L001-tightens-nothing")


def in_drafts(base: Path, file: str, written: str, otherwise: str) -> tuple[set[str], set[str]]:
    """The codes of a file of the base in which something is written otherwise, and those of some drafts."""
    text = (base / file).read_text(encoding="utf-8")
    assert written in text
    (base / file).write_text(text.replace(written, otherwise, 1), encoding="utf-8")
    for number, draft in enumerate(DRAFTS):
        rules = (FINDINGS / f"{draft}.yaml").read_text(encoding="utf-8")
        rules = rules.replace("ruleset: draft", f"ruleset: draft-{number}")
        (base.parent / f"{draft}.yaml").write_text(rules, encoding="utf-8")
    found = check([base, *(base.parent / f"{draft}.yaml" for draft in DRAFTS)], base).findings
    told = [(it.code, Path(it.file).stem in DRAFTS) for it in found if it.severity == "error"]
    return {code for code, drafted in told if not drafted}, {code for code, drafted in told if drafted}


def test_drafts_tell_all_their_findings(base: Path) -> None:
    assert in_drafts(base, "vocabulary.yaml", "", "") == (set(), {"T004", "S006", "L004", "L001"})


@pytest.mark.parametrize(
    ("written", "otherwise", "code", "told"),
    [
        ("joint_count: {type: int", "joint_count: {type: whole", "V001", {"S006", "L004", "L001"}),
        ("values: {letter: [书信, Letter]", "values: {letter: [书信]", "V002", {"S006", "L004", "L001"}),
        ("answered: [答复, Answer]", "answered: [答复]", "V002", {"T004", "S006"}),
        ("answered: {label: 答复", "answered: {lable: 答复", "S006", {"T004", "S006"}),
        ("facts:", "fact:", "S006", {"S006"}),
        ("facts:", "facts", "S001", {"S006"}),
    ],
)
def test_while_the_vocabulary_has_errors_what_names_nothing_in_doubt_is_checked(
    base: Path, written: str, otherwise: str, code: str, told: set[str]
) -> None:
    of_base, of_drafts = in_drafts(base, "vocabulary.yaml", written, otherwise)
    assert code in of_base
    assert of_drafts == told


def test_a_duty_above_that_has_an_error_is_not_missed_and_others_are(base: Path) -> None:
    wrong = in_drafts(base, "law/clocks.yaml", "met_by: [answered]", "met_by: [nothing]")
    assert wrong == ({"R001"}, {"T004", "S006", "L001"})
    spoilt = in_drafts(base, "law/clocks.yaml", "duties:", "duties")
    assert spoilt == ({"S001"}, {"T004", "S006", "L001"})


CIRCLES = """\
ruleset: draft
title: 试验
subject: matter
layer: law
source: NORM1
in_force_from: 2021-01-01
inputs: [urgent]
tables:
  - {id: a, title: 甲, in: [b.o], out: {o: {type: bool, label: 甲}}, rows: [
      {id: r, if: [true], then: [true], basis: convention, note: 试验}]}
  - {id: b, title: 乙, in: [a.o], out: {o: {type: bool, label: 乙}}, rows: [
      {id: r, if: [perhaps], then: [true], basis: convention, note: 试验}]}
  - {id: c, title: 丙, in: [c.o], out: {o: {type: bool, label: 丙}}, rows: [
      {id: r, if: [true], then: [true], basis: convention, note: 试验}]}
  - {id: d, title: 丁, in: [b.o, urgent], out: {o: {type: bool, label: 丁}}, rows: [
      {id: r, if: [true, perhaps], then: [true], basis: convention, note: 试验}]}
duties:
  - id: e
    title: 试验时限
    concept: answered
    who: organ
    when: {d.o: true, a.o: true}
    due: {from: received, add: 5, count: calendar_days}
    met_by: [answered]
    basis: convention
    note: 试验
examples:
  - {name: 空, as_of: 2024-05-06, facts: {}, expect: {tables: {d: open}}}
"""


def test_each_circle_of_tables_is_told_and_nothing_for_its_sake(base: Path) -> None:
    draft = base.parent / "draft.yaml"
    draft.write_text(CIRCLES, encoding="utf-8")
    found = [(it.code, it.line, it.place) for it in check([draft], base).findings]
    assert found == [
        ("R005", 9, "表 a、b"),
        ("C002", 12, "表 b 第 1 行 a.o"),
        ("R005", 13, "表 c"),
        ("C002", 16, "表 d 第 1 行 urgent"),
    ]


def test_nothing_is_said_of_parts_that_are_called_the_same(base: Path) -> None:
    draft = base.parent / "draft.yaml"
    text = (FINDINGS / "T004-rows-overlap.yaml").read_text(encoding="utf-8")
    table = text[text.index("  - id: t") : text.index("examples:")]
    draft.write_text(text.replace("examples:", f"{table}examples:"), encoding="utf-8")
    assert {it.code for it in check([draft], base).findings} == {"R002"}


COUNTED = """\
ruleset: draft
title: 试验
subject: office
layer: law
source: NORM1
in_force_from: 2021-01-01
inputs: [channel, matters]
counts:
  - {as: matters, during: received, where: {channel: letter}, basis: convention, note: 试验}
tables:
  - id: t
    title: 试验表
    each: office
    in: [matters]
    out: {told: {type: string, label: 提示}}
    rows:
      - {id: none, if: ["0"], then: [没有], basis: convention, note: 试验}
      - {id: some, if: ["> 0"], then: [有], basis: convention, note: 试验}
examples:
  - name: 一件信
    at: 2024-05-06T00:00:00+08:00
    office: {}
    period: {first_day: 2024-01-01, last_day: 2024-03-31}
    matters: [{facts: {channel: letter}, events: [{type: received, at: 2024-02-06T09:00:00+08:00}]}]
    expect: {tables: {t: {told: 有}}}
"""


def test_what_a_count_decides_is_not_held_against_an_example_while_the_count_has_an_error(
    base: Path,
) -> None:
    draft = base.parent / "draft.yaml"
    draft.write_text(COUNTED, encoding="utf-8")
    assert {it.code for it in check([draft], base).findings} == {"E004"}
    draft.write_text(COUNTED.replace("channel: letter}, basis", "channel: lettre}, basis"), encoding="utf-8")
    assert {it.code for it in check([draft], base).findings} == {"C002"}


ROWS = """\
ruleset: draft
title: 试验
subject: matter
layer: law
source: NORM1
in_force_from: 2021-01-01
inputs: [channel, joint_count]
tables:
  - id: t
    title: 试验表
    hit: HIT
    in: [channel, joint_count]
    out: {told: {type: int, label: 提示, order: [1, 2]}}
    rows:
      - {id: a, if: [letter, "< 5"], then: [1], basis: convention, note: 试验}
      - {id: b, if: [letter, "< 3"], then: [2], basis: convention, note: 试验}
      - {id: c, if: [visit, "-"], then: [2], papers: [B01], basis: convention, note: 试验}
examples:
  - {name: 信, as_of: 2024-05-06, facts: {channel: letter, joint_count: 4}, expect: {tables: {t: {told: 1}}}}
"""
BESIDE = {
    "UNIQUE": {"T004", "T001"},
    "ANY": {"T005", "T001"},
    "FIRST": {"T006", "T001"},
    "PRIORITY": {"T006", "T001"},
    "COLLECT": set(),
}


@pytest.mark.parametrize("hit", BESIDE)
@pytest.mark.parametrize(
    ("written", "otherwise", "gaps_too"),
    [
        ("[visit,", "[visti,", set()),
        ("if: [visit, ", "if: [visit, visit, ", set()),
        ("then: [2], papers", "then: [two], papers", {"UNIQUE", "FIRST"}),
        ("papers: [B01]", "papers: [B99]", {"UNIQUE"}),
        ("id: c, ", "id: null, ", set(BESIDE)),
    ],
)
def test_rows_without_an_error_are_held_against_each_other(
    base: Path, hit: str, written: str, otherwise: str, gaps_too: set[str]
) -> None:
    draft = base.parent / "draft.yaml"
    text = ROWS.replace("HIT", hit)
    draft.write_text(text, encoding="utf-8")
    decided = {"E001", "E004"}
    assert {it.code for it in check([draft], base).findings} - decided == BESIDE[hit]
    assert written in text
    draft.write_text(text.replace(written, otherwise), encoding="utf-8")
    found = check([draft], base).findings
    assert {it.code for it in found} & {"T001", "T004", "T005", "T006", *decided} == {
        code for code in BESIDE[hit] if code != "T001" or hit in gaps_too
    }


def test_whose_turn_comes_by_silence_is_not_said_behind_a_row_with_an_error(base: Path) -> None:
    draft = base.parent / "draft.yaml"
    text = (FINDINGS / "R016-candidate-whose-turn-comes-by-silence.yaml").read_text(encoding="utf-8")
    draft.write_text(text, encoding="utf-8")
    assert {it.code for it in check([draft], base).findings} == {"R016"}
    row = '- {id: m, if: ["flase"], then: [丙], basis: convention, note: 试验}'
    draft.write_text(text.replace("- {id: b,", f"{row}\n      - {{id: b,"), encoding="utf-8")
    assert {it.code for it in check([draft], base).findings} == {"C002"}


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("tables:", "table:"),
        ("inputs:", "input:"),
        ("examples:", "example:"),
        ("in_force_from:", "in_force:"),
    ],
)
def test_a_misspelt_section_is_one_error_and_is_read(base: Path, written: str, otherwise: str) -> None:
    draft = base.parent / "draft.yaml"
    text = (FINDINGS / "T004-rows-overlap.yaml").read_text(encoding="utf-8")
    draft.write_text(text.replace(written, otherwise), encoding="utf-8")
    found = check([draft], base).findings
    assert sorted(it.code for it in found) == ["S006", "T001", "T004"]
    assert f"是不是“{written[:-1]}”？" in {it.cure for it in found}


def test_duty_for_duties_is_read_as_meant(base: Path) -> None:
    draft = base.parent / "draft.yaml"
    text = (FINDINGS / "E001-duty-due-on-another-day.yaml").read_text(encoding="utf-8")
    draft.write_text(text.replace("duties:", "duty:", 1), encoding="utf-8")
    assert sorted(it.code for it in check([draft], base).findings) == ["E001", "S006"]


def test_a_misspelt_last_day_or_pack_is_held_against_no_other(base: Path) -> None:
    clocks = (base / "law" / "clocks.yaml").read_text(encoding="utf-8")
    until = clocks.replace("inputs: []", "in_force_until: 2022-12-31\ninputs: []")
    (base / "law" / "clocks.yaml").write_text(until, encoding="utf-8")
    since = clocks.replace("in_force_from: 2020-01-01", "in_force_from: 2023-01-01")
    (base / "law" / "clocks-2023.yaml").write_text(since, encoding="utf-8")
    local = (FINDINGS / "L004-period-lengthened.yaml").read_text(encoding="utf-8")
    (base.parent / "draft.yaml").write_text(local.replace("pack:", "packs:"), encoding="utf-8")
    told = {it.code for it in check([base, base.parent / "draft.yaml"], base).findings}
    assert told == {"S006", "L004"}


def test_a_ruleset_above_whose_id_has_an_error_is_not_missed(base: Path) -> None:
    wrong = in_drafts(base, "law/clocks.yaml", "ruleset: clocks", "ruleset: Clocks 1")
    assert wrong == ({"R024"}, {"T004", "S006", "L001"})


def test_a_calendar_with_errors_hides_nothing_that_needs_none(base: Path) -> None:
    (base / "calendars" / "china.yaml").write_text("years: [", encoding="utf-8")
    for draft, codes in (
        ("T004-rows-overlap", ["S001", "T001", "T004"]),
        ("L004-period-lengthened", ["S001"]),
    ):
        assert [it.code for it in check([FINDINGS / f"{draft}.yaml"], base).findings] == codes


def test_examples_are_tried_without_chains_that_are_refused(base: Path) -> None:
    draft = base.parent / "draft.yaml"
    text = (FINDINGS / "R010-chain-refused.yaml").read_text(encoding="utf-8")
    rules = ROWS[ROWS.index("tables:") : ROWS.index("examples:")].replace("HIT", "FIRST")
    rules = rules.replace('"< 3"', '"< 7"').replace("papers: [B01], ", "")
    text = text.replace("inputs: []", "inputs: [channel, joint_count]").replace(
        "examples:", f"{rules}examples:"
    )
    expect = "facts: {channel: letter, joint_count: 4}, expect: {tables: {t: {told: 2}}, findings: [late]}"
    draft.write_text(text.replace("facts: {channel: letter}, expect: {}", expect), encoding="utf-8")
    found = {it.code: it.message for it in check([draft], base).findings if it.severity != "information"}
    assert found.keys() == {"R010", "E001", "E004"}
    assert "表“t”应当是" in found["E001"]


def test_a_file_that_is_named_twice_is_checked_once(base: Path) -> None:
    draft = FINDINGS / "T004-rows-overlap.yaml"
    assert check([draft, draft, FINDINGS / ".." / "findings" / draft.name], base) == check([draft], base)


def test_a_file_that_is_a_list_is_told_to_be_one_and_nothing_else(base: Path) -> None:
    (base.parent / "draft.yaml").write_text("- a\n", encoding="utf-8")
    assert [it.code for it in check([base.parent / "draft.yaml"], base).findings] == ["S005"]
