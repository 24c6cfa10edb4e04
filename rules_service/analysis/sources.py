"""The texts of sources, where their operator has put them, cut into articles, paragraphs and items.

A text is a law where lines begin with 第一条; its article 22.1(3) is 第二十二条第一款第（三）项. White space,
quotation marks and the width of punctuation do not count.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path

from rules_service.language.findings import Code, Finding

SUFFIXES = (".txt", ".md")
DIGITS = "零一二三四五六七八九"
ARTICLE_LINE = re.compile(r"^\W*第([零〇一二三四五六七八九十百]+|[0-9]+)条(?=[\s　*]|$)", re.MULTILINE)
HEADING = re.compile(r"^\s*(#|第[零〇一二三四五六七八九十百]+[章节编](\s|　))", re.MULTILINE)
ITEM = re.compile(r"^\s*[（(]([一二三四五六七八九十百]+)[）)]")
PLACE = re.compile(r"([0-9]+)(?:\.([0-9]+))?(?:\(([0-9]+)\))?")
UNLIKE = 0.2


def chinese_number(number: int) -> str:
    """1 to 999 in Chinese numerals, as articles are counted."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        words += "零"
    return words + (DIGITS[ones] if ones else "")


def plain(text: str) -> str:
    """The text without what does not count."""
    return re.sub(r"[\s\"'“”‘’「」]", "", unicodedata.normalize("NFKC", text))


@dataclass(frozen=True, slots=True)
class Article:
    """An article as its paragraphs, each with its items below it."""

    number: int
    paragraphs: tuple[tuple[str, ...], ...]

    def part(self, paragraph: int | None, item: int | None) -> str:
        """The text of the article, of a paragraph of it, or of an item; empty where there is none such.

        An item without a paragraph is looked for in all of them.
        """
        chosen = self.paragraphs
        if paragraph is not None:
            chosen = chosen[paragraph - 1 : paragraph] if paragraph else ()
        lines = [line for lines in chosen for line in lines]
        if item is not None:
            numeral = chinese_number(item)
            lines = [line for line in lines if (found := ITEM.match(line)) and found[1] == numeral]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class SourceWords:
    """The whole text of a source, and its articles where it is a law."""

    text: str
    articles: dict[int, Article] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> "SourceWords":
        """Cuts a text."""
        return cls(text, {article.number: article for article in _articles(text)})

    def place(self, article: str) -> str | None:
        """The text of an article's part; of a source that is no law, all of it. None where there is none."""
        if not self.articles:
            return self.text
        found = PLACE.fullmatch(article)
        if found is None:
            return self.text
        number, paragraph, item = (int(part) if part else None for part in found.groups())
        whole = self.articles.get(number or 0)
        return whole.part(paragraph, item) or None if whole else None

    def article_with(self, quote: str) -> int | None:
        """The first article in which the words do stand."""
        for number, article in self.articles.items():
            if stands_in(quote, article.part(None, None)):
                return number
        return None


def _articles(text: str) -> list[Article]:
    marks = list(ARTICLE_LINE.finditer(text))
    if not marks or marks[0][1] not in {"一", "1"}:
        return []
    result = []
    numerals = {chinese_number(number): number for number in range(1, 1000)}
    numerals |= {str(number): number for number in range(1, 1000)}
    for mark, end in zip(marks, [*(m.start() for m in marks[1:]), len(text)], strict=True):
        body = text[mark.start() : end]
        heading = HEADING.search(body, mark.end() - mark.start())
        result.append(
            Article(numerals.get(mark[1], 0), _paragraphs(body[: heading.start()] if heading else body))
        )
    return result


def _paragraphs(body: str) -> tuple[tuple[str, ...], ...]:
    paragraphs: list[list[str]] = []
    for line in filter(None, map(str.strip, body.splitlines())):
        if ITEM.match(line) and paragraphs:
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
    return tuple(map(tuple, paragraphs))


def stands_in(quote: str, text: str) -> bool:
    """Whether the words stand in the text; an ellipsis joins phrases of one sentence."""
    parts = [re.escape(plain(part)) for part in re.split(r"…+", quote)]
    return re.search("[^。]*?".join(parts), plain(text)) is not None


def nearest(quote: str, text: str) -> str:
    """The sentence of the text that is most like the quote; empty where none is like it at all."""
    wanted = plain(quote)
    best, likeness = "", UNLIKE
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    for sentence in re.split(r"[。；;\n]", text):
        words = plain(sentence)
        if not words:
            continue
        matcher.set_seq1(words)
        # How much of the quote is found again, whatever else the sentence says.
        shared = sum(block.size for block in matcher.get_matching_blocks() if block.size > 1) / len(wanted)
        if shared > likeness:
            best, likeness = sentence.strip(), shared
    return best


def read_sources(folder: Path) -> tuple[dict[str, SourceWords], list[Finding]]:
    """The texts of a folder by the id of their source: files named <id>.txt or <id>.md, UTF-8."""
    texts: dict[str, SourceWords] = {}
    findings = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in SUFFIXES:
            continue
        try:
            texts[path.stem] = SourceWords.of(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError):
            message = "文件读不出，或者不是 UTF-8 编码。"
            findings.append(Finding(Code.UNREADABLE_FILE, str(path), 1, "", message, "请另存为 UTF-8。"))
    return texts, findings
