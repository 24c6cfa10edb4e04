import pytest
from rich.cells import cell_len
from rich.text import Text

from huiyin.cli.folding import fold


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("信访事项", 10, ["信访事项"]),
        ("信访事项受理告知书", 10, ["信访事项受", "理告知书"]),
        ("应当在十日内，告知", 12, ["应当在十日", "内，告知"]),
        ("见《信访工作条例》", 8, ["见《信访", "工作条", "例》"]),
        ("到期 2024-06-30 完成", 12, ["到期", "2024-06-30", "完成"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
    ],
)
def test_lines_break_where_chinese_may(text, width, lines):
    folded = [line.plain for line in fold(Text(text), width)]
    assert folded == lines
    assert all(cell_len(line) <= width for line in folded)


def test_styles_are_kept():
    text = Text("一二三").append("四五六", style="bold")
    second = fold(text, 8)[1]
    assert second.plain == "五六"
    assert second.spans[0].style == "bold"
