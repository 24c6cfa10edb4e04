"""What stands on a page around its text: head and rules of a letter, page number, mark of a draft, 版记."""

from docs_service.content import Paragraph, Style
from docs_service.layout.measures import (
    DRAFT_MARK,
    DRAFT_MARK_TOP,
    IMPRINT_RULE,
    LETTER_RULE_FROM_BOTTOM,
    LETTER_RULE_GAP,
    LETTER_RULE_WIDTH,
    LETTERHEAD_TOP,
    MARGIN_LEFT,
    MARGIN_TOP,
    MM_PER_POINT,
    PAGE_HEIGHT,
    PAGE_NUMBER_DROP,
    PAGE_WIDTH,
    RED,
    RULE_PAIR_GAP,
    SIZE_BODY,
    SIZE_SMALL,
    TEXT_HEIGHT,
    TEXT_WIDTH,
    THICK_RULE,
    THIN_RULE,
    Grid,
)
from docs_service.layout.pages import PlacedLine, Rule, TextBlock
from docs_service.layout.setting import SetParagraph, Typesetter

_RULE_PAIR = THICK_RULE + RULE_PAIR_GAP + THIN_RULE
# 10.1: what is first under the rule keeps 7/8 of the height of a 3号 character from it.
_UNDER_RULE = 7 / 8 * SIZE_BODY * MM_PER_POINT


def letterhead(head: SetParagraph, grid: Grid) -> tuple[TextBlock, float]:
    """The red mark of the issuer, its upper edge 30 mm below the page's; and how far below its line of the
    grid (the second) the number stands (10.1).
    """
    height = head.size * MM_PER_POINT
    lines = tuple(PlacedLine(MARGIN_LEFT + x, LETTERHEAD_TOP, height, line) for x, line in head.lines)
    band_to_glyph = (grid.pitch - SIZE_BODY * MM_PER_POINT) / 2
    number_top = _rule_top(head) + _RULE_PAIR + _UNDER_RULE - band_to_glyph
    return TextBlock(head.style, head.size, lines, RED), number_top - grid.top(1)


def _rule_top(head: SetParagraph) -> float:
    return LETTERHEAD_TOP + head.size * MM_PER_POINT + LETTER_RULE_GAP


def letter_rules(head: SetParagraph) -> tuple[Rule, ...]:
    """The two red double rules of a letter's first page: thick over thin 4 mm under the mark, thin over thick
    20 mm above the page's lower edge, 170 mm wide, centred (10.1).
    """
    top = _rule_top(head)
    bottom = PAGE_HEIGHT - LETTER_RULE_FROM_BOTTOM
    return (
        _rule(top, THICK_RULE),
        _rule(top + THICK_RULE + RULE_PAIR_GAP, THIN_RULE),
        _rule(bottom - _RULE_PAIR, THIN_RULE),
        _rule(bottom - THICK_RULE, THICK_RULE),
    )


def _rule(y: float, thickness: float) -> Rule:
    return Rule((PAGE_WIDTH - LETTER_RULE_WIDTH) / 2, y, LETTER_RULE_WIDTH, thickness, RED)


def page_number(number: int, setter: Typesetter) -> TextBlock:
    """The page number between dashes, 7 mm under the text area: odd at the right, even at the left, one
    character in (7.5).
    """
    paragraph = setter.set(Paragraph(Style.PAGE_NUMBER, f"— {number} —"))
    _, line = paragraph.lines[0]
    indent = SIZE_SMALL * MM_PER_POINT
    x = MARGIN_LEFT + (TEXT_WIDTH - indent - line.width if number % 2 else indent)
    top = MARGIN_TOP + TEXT_HEIGHT + PAGE_NUMBER_DROP
    placed = PlacedLine(x, top, SIZE_SMALL * MM_PER_POINT, line)
    return TextBlock(Style.PAGE_NUMBER, paragraph.size, (placed,))


def draft_mark(setter: Typesetter) -> TextBlock:
    """The mark of a draft, in the upper margin of every page."""
    paragraph = setter.set(Paragraph(Style.DRAFT_MARK, DRAFT_MARK))
    shift, line = paragraph.lines[0]
    placed = PlacedLine(MARGIN_LEFT + shift, DRAFT_MARK_TOP, paragraph.size * MM_PER_POINT, line)
    return TextBlock(Style.DRAFT_MARK, paragraph.size, (placed,))


def imprint(
    paragraphs: list[SetParagraph], grid: Grid, *, with_rules: bool
) -> tuple[list[TextBlock], list[Rule]]:
    """The 版记 at the bottom of the last page's text area; a letter's has no rules (7.4, 10.1)."""
    line = grid.lines - sum(len(paragraph.lines) for paragraph in paragraphs)
    first = line
    texts: list[TextBlock] = []
    for paragraph in paragraphs:
        placed = []
        for x, set_line in paragraph.lines:
            placed.append(PlacedLine(MARGIN_LEFT + x, grid.top(line), grid.pitch, set_line))
            line += 1
        texts.append(TextBlock(paragraph.style, paragraph.size, tuple(placed)))
    if not with_rules:
        return texts, []
    edges = (grid.top(first), grid.top(line) - IMPRINT_RULE)
    return texts, [Rule(MARGIN_LEFT, y, TEXT_WIDTH, IMPRINT_RULE) for y in edges]
