"""The line composer by its properties, and beside a plainer twin that only fills and never adjusts."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docs_service.layout.atoms import NO_LINE_END, NO_LINE_START, Kind, atoms_of
from docs_service.layout.composer import LOOSEST_GAP, SHORTEST_PART, Setting, compose
from docs_service.layout.fonts import installed_fonts
from docs_service.layout.measures import (
    CHARACTER_PITCH,
    CHARACTERS_PER_LINE,
    MM_PER_POINT,
    TEXT_WIDTH,
    FontRole,
)
from docs_service.layout.title import ems, has_good_shape, title_lines

FACES = installed_fonts().roles[FontRole.BODY]
BODY = Setting(FACES, 16, CHARACTER_PITCH, TEXT_WIDTH, first_indent=2 * CHARACTER_PITCH)
HANZI = st.text("信访事项办理受理告知意见答复机关单位", min_size=1, max_size=12)
PIECES = st.one_of(
    HANZI,
    st.sampled_from(
        ["，", "。", "、", "；", "：“", "”", "《", "》", "（", "）", "——", "……", "·", "〔2024〕12号"]
    ),
    st.from_regex(r"[0-9]{1,6}(\.[0-9]{1,2})?%?", fullmatch=True),
    st.from_regex(r"[A-Z]{2}[0-9]{12}", fullmatch=True),
)
TEXTS = st.lists(PIECES, min_size=1, max_size=60).map("".join).filter(lambda text: text.strip())


def twin(text):
    """Lines of the characters that fit, nothing squeezed, nothing spread: only where breaks may not be."""
    atoms = atoms_of(text, FACES, 16, CHARACTER_PITCH)
    lines, line, room = [], [], TEXT_WIDTH - BODY.first_indent
    for atom in atoms:
        if line and sum(a.width for a in line) + atom.width > room + 1e-6:
            at = len(line)
            if not atom.breaks_before:
                at = max((i for i in range(1, len(line)) if line[i].breaks_before), default=at)
            lines.append(line[:at])
            line, room = line[at:], TEXT_WIDTH
        line.append(atom)
    return ["".join(a.text for a in line) for line in [*lines, line]]


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_nothing_is_lost_and_full_lines_fill_the_measure(text):
    lines = compose(text, BODY)
    assert "".join(line.text for line in lines) == text
    for line in lines[:-1]:
        # A line of one long word alone has nothing to spread.
        assert line.is_full or len(line.runs) == 1
        assert not line.is_full or line.width == pytest.approx(TEXT_WIDTH, abs=1e-6)
    assert lines[-1].width <= TEXT_WIDTH + 1e-6


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_no_forbidden_start_or_end(text):
    atoms = atoms_of(text, FACES, 16, CHARACTER_PITCH)
    breakable = {"".join(a.text for a in atoms[:at]) for at, atom in enumerate(atoms) if atom.breaks_before}
    done = ""
    for line in compose(text, BODY)[:-1]:
        done += line.text
        # A stretch without any lawful break (a line of nothing but punctuation) can only be cut.
        if done in breakable:
            following = text[len(done)]
            assert following not in NO_LINE_START
            assert line.text[-1] not in NO_LINE_END


@given(st.lists(HANZI | st.sampled_from(["，", "。", "《", "》"]), min_size=4, max_size=40).map("".join))
@settings(max_examples=100, deadline=None)
def test_never_more_lines_than_the_twin(text):
    assert len(compose(text, BODY)) <= len(twin(text))


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_runs_overlap_by_no_more_than_the_blanks_between_two_marks(text):
    for line in compose(text, BODY):
        for left, right in pairwise(line.runs):
            glyphs_end = left.x + left.advance + left.spacing * (len(left.text) - 1)
            assert right.x >= glyphs_end - 0.75 * CHARACTER_PITCH - 0.1


def test_twenty_eight_characters_fill_a_line():
    lines = compose("信" * (CHARACTERS_PER_LINE * 2 - 2), BODY)
    assert [len(line.text) for line in lines] == [CHARACTERS_PER_LINE - 2, CHARACTERS_PER_LINE]
    assert [line.width for line in lines] == [pytest.approx(TEXT_WIDTH)] * 2


def test_punctuation_is_taken_in():
    text = "信" * 10 + "，" + "访" * 15 + "。" + "事" * 5
    assert compose(text, BODY)[0].text[-1] == "。"


@pytest.mark.parametrize("number", ["1,286,430.55", "91.4%", "2024年", "1,043,217.60"])
def test_numbers_stay_whole(number):
    for before in range(18, 28):
        lines = compose("信" * before + number + "元" * 10, BODY)
        assert any(number in line.text for line in lines)


@pytest.mark.parametrize("before", range(8, 26))
def test_a_case_number_is_parted_rather_than_its_line_spread_wide(before):
    number = "YL202411110107"
    lines = compose("信" * before + "（信访件编号：" + number + "），" + "访" * 30, BODY)
    for line in lines[:-1]:
        gaps = [right.x - left.end for left, right in pairwise(line.runs)] + [
            run.spacing for run in line.runs
        ]
        assert max(gaps) <= (CHARACTER_PITCH - 16 * MM_PER_POINT) + (LOOSEST_GAP + 0.01) * CHARACTER_PITCH
    telephone = compose("信" * before + "电话0000-8901234；" + "访" * 30, BODY)
    parted = "/".join(line.text for line in telephone)
    assert "0000-8901234" in parted.replace("0000-/8901234", "0000-8901234")
    whole = [line for line in lines if number in line.text]
    parts = [len(part) for line in lines for part in re.findall(r"[YL0-9]+", line.text)]
    assert whole or (len(parts) == 2 and min(parts) >= SHORTEST_PART and sum(parts) == len(number))


def test_a_word_wider_than_the_measure_is_cut():
    lines = compose("a" * 60, Setting(FACES, 14, 14 * 25.4 / 72, 30.0))
    assert all(line.width <= 30.0 + 1e-6 for line in lines)
    assert "".join(line.text for line in lines) == "a" * 60


def test_narrow_quotation_marks_take_a_full_place():
    kai = installed_fonts().roles[FontRole.HEADING_2]
    opening, _, closing = atoms_of("“信”", kai, 16, CHARACTER_PITCH)
    assert opening.width == closing.width == CHARACTER_PITCH
    assert opening.kind is Kind.OPENING
    assert opening.offset > 0 if opening.advance < 5 else opening.offset == 0


@pytest.mark.parametrize(
    "title",
    [
        "云岭县人民政府办公室关于进一步规范信访事项办理答复工作的处理意见书",
        "云岭县信访工作联席会议办公室关于交办原第二机械厂改制职工社会保险费补缴和经济补偿金支付问题信访事项的函",
        "关于《云岭县国有企业改制职工安置办法》适用问题的信访处理意见书",
        "云岭县信访工作联席会议办公室（云岭县群众工作中心）信访处理意见书",
    ],
)
def test_title_is_a_trapezium_or_a_diamond(title):
    lines = title_lines(title, 20.1)
    assert "".join(lines) == title
    assert len(lines) >= 2
    widths = [ems(line) for line in lines]
    assert max(widths) <= 20.1
    assert has_good_shape(widths)
    assert all(line[0] not in NO_LINE_START | set("的和") and line[-1] not in NO_LINE_END for line in lines)
    assert not any(line.count("（") > line.count("）") for line in lines)
    assert not any(a.endswith("信") and b.startswith("访") for a, b in pairwise(lines))
