"""The strict YAML reader: what YAML would guess is text, what is ambiguous is refused, nothing escapes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_service.language.findings import Code
from rules_service.language.source import plain, read, read_file
from tests.reference.profile import examples


def content(text: str) -> object:
    node, reading = read(text, "t.yaml")
    assert node is not None
    assert not reading.findings
    return plain(node)


def codes(text: str) -> list[Code]:
    return [finding.code for finding in read(text, "t.yaml")[1].findings]


@pytest.mark.parametrize(
    "word",
    [
        "yes",
        "no",
        "on",
        "true",
        "null",
        "~",
        "1",
        "0o17",
        "1e3",
        "1.0",
        "12:30:45",
        "2024-05-01",
        ".nan",
        "=",
    ],
)
def test_a_scalar_is_the_text_as_written(word: str) -> None:
    assert content(f"a: {word}\n") == {"a": word}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: 1\na: 2\n", Code.DUPLICATE_KEY),
        ("a: {b: 1, b: 2}\n", Code.DUPLICATE_KEY),
        ("a: &x 1\nb: *x\n", Code.ALIAS_OR_TAG),
        ("a: &x {b: 1}\nc: {<<: *x}\n", Code.ALIAS_OR_TAG),
        ("a: !!python/object/apply:os.system [ls]\n", Code.ALIAS_OR_TAG),
        ("a: !thing 1\n", Code.ALIAS_OR_TAG),
        ("a: !!int '3'\n", Code.ALIAS_OR_TAG),
        ("a: !!str b\n", Code.ALIAS_OR_TAG),
        ("a: ! b\n", Code.ALIAS_OR_TAG),
        ("!!map {a: b}\n", Code.ALIAS_OR_TAG),
        ("a: &x b\n", Code.ALIAS_OR_TAG),
        ("&x a: b\n", Code.ALIAS_OR_TAG),
        ('a: "\\ud800"\n', Code.NOT_YAML),
        ('"\\udfff": b\n', Code.NOT_YAML),
        ("a: !!binary aGk=\n", Code.ALIAS_OR_TAG),
        ("!!set {a, b}\n", Code.ALIAS_OR_TAG),
        ("a: 1\n---\nb: 2\n", Code.SEVERAL_DOCUMENTS),
        ("", Code.SEVERAL_DOCUMENTS),
        ("# 只有注释\n", Code.SEVERAL_DOCUMENTS),
        ("a: [1, 2\n", Code.NOT_YAML),
        ("a: \t- b\n\t- c", Code.NOT_YAML),
        ("a: 'x\n", Code.NOT_YAML),
        ("a: \x00\n", Code.NOT_YAML),
        ("a: b: c\n", Code.NOT_YAML),
        ("[a]: 1\n", Code.WRONG_SHAPE),
        ("? {a: 1}\n: 2\n", Code.WRONG_SHAPE),
        ("'': 1\n", Code.WRONG_SHAPE),
        ("[" * 60 + "]" * 60, Code.WRONG_SHAPE),
        ("[" * 100_000, Code.NOT_YAML),
    ],
    ids=lambda part: part[:20] if isinstance(part, str) else "",
)
def test_what_is_ambiguous_is_refused(text: str, code: Code) -> None:
    found = codes(text)
    assert code in found


def test_a_cycle_of_aliases_ends() -> None:
    assert Code.ALIAS_OR_TAG in codes("a: &x [*x]\n")


def test_aliases_that_would_multiply_do_not() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 40)]
    assert set(codes("\n".join(lines))) == {Code.ALIAS_OR_TAG}


def test_findings_tell_their_line_in_chinese() -> None:
    (finding,) = read("a: 1\nb: 2\na: 3\n", "t.yaml")[1].findings
    assert (finding.line, finding.file) == (3, "t.yaml")
    assert "写了两遍" in finding.message


@pytest.mark.parametrize("data", [b"\xff\xfe", "a: 甲".encode("gb18030"), b"a: \xed\xa0\x80"])
def test_a_file_that_is_not_utf_8_is_told_so(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "t.yaml").write_bytes(data)
    node, reading = read_file(tmp_path / "t.yaml")
    assert node is None
    assert [finding.code for finding in reading.findings] == [Code.UNREADABLE_FILE]


def test_a_file_that_is_missing_too_large_or_a_folder_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "large.yaml").write_bytes(b"a: " + b"x" * (4 * 1024 * 1024))
    for path in (tmp_path / "none.yaml", tmp_path / "large.yaml", tmp_path):
        node, reading = read_file(path)
        assert node is None
        assert [finding.code for finding in reading.findings] == [Code.UNREADABLE_FILE]


PIECES = st.sampled_from(
    [*"[]{},!|>'\"#?%@a甲\n\t", ": ", "- ", "  ", "&x ", "*x", "---", "!!int ", "!!binary "]
)


@examples(400)
@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_any_text_is_read_or_refused_with_findings(text: str) -> None:
    node, reading = read(text, "t.yaml")
    assert node is not None or reading.findings
    assert all(finding.line >= 1 for finding in reading.findings)
