from pathlib import Path

import pytest

from rules_service.analysis.sources import SourceWords, chinese_number, nearest, read_sources, stands_in

LAW = SourceWords.of(
    (Path(__file__).parents[1] / "findings" / "base" / "texts" / "REG1.md").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (34, "三十四"),
        (100, "一百"),
        (105, "一百零五"),
        (110, "一百一十"),
    ],
)
def test_articles_are_counted_in_chinese(number: int, words: str) -> None:
    assert chinese_number(number) == words


@pytest.mark.parametrize(
    ("article", "quote", "found"),
    [
        ("2", "应当自收到之日起15日内答复", True),
        ("2.1", "情况复杂的除外", True),
        ("2.2", "情况复杂的除外", False),
        ("2.2(1)", "路途遥远的", True),
        ("2(2)", "材料太多的", True),
        ("2.2(2)", "路途遥远的", False),
        ("2.1", "收到事项的机关……15日内答复", True),
        ("2", "答复；情况复杂的除外。有下列情形之一", True),
        ("2", "应当…可以延长", False),
        ("2.1", "应当自收到之日起１５日内，", False),
        ("2.1", "“应当自收到之日起 １５ 日内”答复", True),
        ("3", "请求复核", True),
    ],
)
def test_words_stand_in_the_part_that_is_named(article: str, quote: str, found: bool) -> None:
    text = LAW.place(article)
    assert text is not None
    assert stands_in(quote, text) is found


@pytest.mark.parametrize("article", ["9", "2.3", "2.0", "2.1(1)", "2.2(3)"])
def test_a_part_that_is_not_there_is_not_found(article: str) -> None:
    assert LAW.place(article) is None


def test_headings_and_the_next_article_are_no_part_of_an_article() -> None:
    assert "复核" not in str(LAW.place("2"))
    assert "试验引文" not in str(LAW.place("2"))


def test_a_text_without_articles_is_one_place() -> None:
    letter = SourceWords.of("做好接访。\n限时办结。")
    assert letter.articles == {}
    assert letter.place("二（四）") == letter.text


def test_the_nearest_sentence_is_shown_and_nothing_where_none_is_near() -> None:
    assert (
        nearest("自答复之日起三十日内请求复核", LAW.text)
        == "第三条 不服答复的，可以自答复之日起30日内请求复核"
    )
    assert nearest("风马牛不相及", LAW.text) == ""


def test_a_text_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "A.txt").write_bytes("甲乙丙".encode("gbk"))
    (tmp_path / "B.md").write_text("甲乙丙", encoding="utf-8")
    (tmp_path / "C.pdf").write_bytes(b"")
    texts, findings = read_sources(tmp_path)
    assert list(texts) == ["B"]
    assert [finding.code for finding in findings] == ["S009"]


@pytest.mark.parametrize(
    "first",
    ["第一条　为了做好工作", "**第一条** 为了做好工作", "第1条 为了做好工作", "### 第1条\n为了做好工作"],
)
def test_articles_are_known_however_their_numbers_are_set(first: str) -> None:
    words = SourceWords.of(f"{first}，制定本办法。\n{first.replace('一', '二').replace('1', '2')[:9]} 登记。")
    assert words.place("1")
    assert words.place("2")
    assert words.place("99") is None
