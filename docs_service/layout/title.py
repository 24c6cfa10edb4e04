"""Line breaks of a title: a trapezium or a diamond, words kept whole (GB/T 9704-2012 7.3.1)."""

from functools import lru_cache
from itertools import accumulate, combinations, pairwise

from docs_service.layout.atoms import NO_LINE_END, NO_LINE_START, is_word

# Words of titles that no break should cut, and words that should not open a line.
_WHOLE_WORDS = (
    "信访", "事项", "意见书", "告知书", "报告单", "登记表", "审批表", "建议书", "交办函",
    "督办函", "异议函", "转送单", "处理", "复查", "复核", "受理", "接收", "情况",
    "答复", "办结", "报告", "关于", "人民政府", "办公室", "委员会", "管理局", "信访局",
)  # fmt: skip
_NOT_FIRST = frozenset("的和与及等了之")
_CUT_WORD = 60.0
_NOT_FIRST_COST = 40.0
_CUT_BRACKET = 20.0
_WRONG_SHAPE = 30.0
_UNEVEN = 1.0
_FEWEST_CHARACTERS = 3
_MOST_BREAKS_TRIED = 2


@lru_cache(maxsize=256)
def title_lines(text: str, width: float) -> tuple[str, ...]:
    """The lines of a title; width is the measure in ems. A line break in the text is kept. The fewest lines
    that the measure allows, and of the ways to break them the one that is best in shape.
    """
    if "\n" in text:
        return tuple(line for part in text.split("\n") for line in title_lines(part, width))
    places = [at for at in range(1, len(text)) if _may_break(text, at)]
    reach = list(accumulate(map(ems, text), initial=0.0))
    for breaks in range(_MOST_BREAKS_TRIED + 1):
        fitting = [
            _parts(text, chosen)
            for chosen in combinations(places, breaks)
            if all(reach[end] - reach[start] <= width for start, end in pairwise((0, *chosen, len(text))))
        ]
        if fitting:
            return min(fitting, key=lambda lines: (_cost(lines), lines))
    return _greedy(text, places, width)


def ems(text: str) -> float:
    """Width of a text in ems, a letter or digit half of one."""
    return sum(0.6 if is_word(character) or character == " " else 1.0 for character in text)


def _may_break(text: str, at: int) -> bool:
    left, right = text[at - 1], text[at]
    if is_word(left) and is_word(right):
        return False
    return right not in NO_LINE_START and left not in NO_LINE_END


def _parts(text: str, chosen: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(text[start:end] for start, end in pairwise((0, *chosen, len(text))))


def _cost(lines: tuple[str, ...]) -> float:
    widths = [ems(line) for line in lines]
    cost = _UNEVEN * (max(widths) - min(widths)) + sum(_cut_cost(a, b) for a, b in pairwise(lines))
    if min(widths) < _FEWEST_CHARACTERS and len(lines) > 1:
        cost += _WRONG_SHAPE
    return cost if has_good_shape(widths) else cost + _WRONG_SHAPE


def has_good_shape(widths: list[float]) -> bool:
    """Whether lines of these widths are a trapezium or a diamond, neither a rectangle nor an hourglass."""
    if len(widths) == 1:
        return True
    steps = [b - a for a, b in pairwise(widths)]
    if max(map(abs, steps)) < 1.0:
        return False
    turn = widths.index(max(widths))
    return all(step >= 0 for step in steps[:turn]) and all(step <= 0 for step in steps[turn:])


def _cut_cost(left: str, right: str) -> float:
    cost = _NOT_FIRST_COST if right[0] in _NOT_FIRST else 0.0
    if any(left.count(opening) > left.count(closing) for opening, closing in ("（）", "《》")):
        cost += _CUT_BRACKET
    for word in _WHOLE_WORDS:
        if any(left.endswith(word[:at]) and right.startswith(word[at:]) for at in range(1, len(word))):
            return cost + _CUT_WORD
    return cost


def _greedy(text: str, places: list[int], width: float) -> tuple[str, ...]:
    """Lines filled one by one, for a title longer than any that should be."""
    lines: list[str] = []
    start = 0
    while start < len(text):
        ends = [at for at in (*places, len(text)) if at > start and ems(text[start:at]) <= width]
        end = ends[-1] if ends else min(at for at in (*places, len(text)) if at > start)
        lines.append(text[start:end])
        start = end
    return tuple(lines)
