"""A template compiled once and filled many times.

The template is a .docx with the tags of docxtpl: `{{ x }}`, `{%p … %}` for a paragraph that is a tag,
`{%tr … %}` for a row that is one, `{% … %}` inside a paragraph. Its XML is mended once (tags that Word has
spread over several runs), made a Jinja template, and then only strings are rendered.
"""

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from docs_service.content.findings import Finding
from docs_service.content.ooxml import (
    DOCUMENT_PART,
    STYLES_PART,
    paragraph_text,
    parse_part,
    serialise_part,
    style_names,
    w,
)
from docs_service.content.values import chinese_date, chinese_number, joined_names, printed, sentence
from service_kit.problems import RefusedError

LARGEST_TEMPLATE = 20 << 20

TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_WHOLE_TAG = re.compile(r"\s*\{%(p|tr)\s(.*?)%\}\s*", re.DOTALL)
_TOKEN = re.compile("\ue000([0-9]+)\ue001|<!--tag ([0-9]+)-->")
_FILLED_PART = re.compile(r"word/(?:document|header[0-9]*|footer[0-9]*)\.xml")
_TYPOGRAPHIC_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})


def template_environment() -> SandboxedEnvironment:
    """The Jinja environment of templates: sandboxed, an unknown name is an error, values are escaped, and
    nothing can be called but the few filters that print.
    """
    environment = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=True, finalize=_finalize)
    environment.globals.clear()
    environment.filters.clear()
    environment.filters.update(
        cn_date=chinese_date,
        cn_number=chinese_number,
        join_names=joined_names,
        count=len,
        sentence=sentence,
    )
    return environment


def _finalize(value: object) -> str:
    return str(value) if isinstance(value, jinja2.Undefined) else printed(value)


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template: its parts as they are, and those that are filled as Jinja templates."""

    parts: Mapping[str, bytes]
    sources: Mapping[str, str]
    compiled: Mapping[str, jinja2.Template]
    styles: Mapping[str, str]

    def fill(self, values: Mapping[str, Any]) -> dict[str, bytes]:
        """All parts with the values in them. Raises RefusedError where the template asks for what the
        values do not have.
        """
        filled = {name: filled_part(part, values).encode() for name, part in self.compiled.items()}
        return {**self.parts, **filled}


def filled_part(part: jinja2.Template, values: Mapping[str, Any]) -> str:
    """A part with the values in it. Raises RefusedError where it asks for what the values do not have."""
    try:
        return part.render(values)
    except (jinja2.TemplateError, ValueError, TypeError) as error:
        raise RefusedError([Finding.TEMPLATE_VALUE.at("", cause=_cause(error))]) from error


def _cause(error: Exception) -> str:
    """Why a template cannot be filled, in Chinese as far as Jinja lets us know."""
    match error:
        case jinja2.exceptions.SecurityError():
            return "标签用到了不允许的内容"
        case jinja2.UndefinedError():
            name = re.search(r"'([^']*)'", error.message or "")
            return f"没有名为“{name.group(1)}”的值" if name else "用到了没有的值"
        case _:
            return str(error)


_TAG_MISTAKES = (
    (re.compile(r"unknown tag '(endif|endfor|else|elif)'"), "“{0}”没有与它对应的开头"),
    (re.compile(r"unknown tag '(\w+)'"), "没有“{0}”这种标签"),
    (re.compile(r"Unexpected end of template"), "有“如果”或者“循环”没有结束，缺少 endif 或者 endfor"),
    (re.compile(r"[Nn]o filter named '(\w+)'"), "没有名为“{0}”的过滤器"),
    (re.compile(r"'end of (?:print )?statement'$"), "标签没有写完"),
    (re.compile(r"got '(.+)'"), "“{0}”处写错了"),
    (re.compile(r"unexpected '(.+)'"), "“{0}”处写错了"),
)


def tag_mistake(error: jinja2.TemplateError) -> str:
    """What is wrong with a tag, in Chinese."""
    message = error.message or ""
    for pattern, words in _TAG_MISTAKES:
        if match := pattern.search(message):
            return words.format(*match.groups())
    return f"写法有误（{message}）"


def open_template(content: bytes) -> dict[str, bytes]:
    """The parts of a .docx. Raises RefusedError where it is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_TEMPLATE:
                raise _not_docx("解开后过大")
            parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        raise _not_docx("不是 ZIP 压缩包") from None
    if missing := [name for name in (DOCUMENT_PART, STYLES_PART) if name not in parts]:
        raise _not_docx(f"缺少 {missing[0]}")
    return parts


def compile_template(content: bytes) -> Template:
    """Compile a .docx. Raises RefusedError where it is no .docx or a tag of it is wrong."""
    parts = open_template(content)
    try:
        styles = style_names(parts[STYLES_PART])
        sources = {name: jinja_source(parts[name]) for name in parts if _FILLED_PART.fullmatch(name)}
    except etree.XMLSyntaxError as error:
        raise _not_docx(str(error)) from None
    environment = template_environment()
    try:
        compiled = {name: environment.from_string(source) for name, source in sources.items()}
    except jinja2.TemplateError as error:
        raise RefusedError([Finding.TEMPLATE_TAG.at("", cause=tag_mistake(error))]) from None
    return Template(parts, sources, compiled, styles)


def _not_docx(cause: str) -> RefusedError:
    return RefusedError([Finding.TEMPLATE_NOT_DOCX.at("", cause=cause)])


def jinja_source(part: bytes) -> str:
    """The part as a Jinja template. Tags leave the tree as tokens and come back unescaped."""
    root, tags = tagged_tree(part)
    return source_of(root, tags)


def tagged_tree(part: bytes) -> tuple[etree._Element, list[str]]:
    """The part with tokens for its tags, and the tags."""
    root = parse_part(part)
    tags: list[str] = []
    for row in list(root.iter(w("tr"))):
        match = _whole_tag(row)
        if match and match.group(1) == "tr":
            _replace_by_tag(row, match.group(2), tags)
    for paragraph in list(root.iter(w("p"))):
        match = _whole_tag(paragraph)
        if match and match.group(1) == "p":
            _replace_by_tag(paragraph, match.group(2), tags)
        else:
            _tokenise_texts(paragraph, tags)
    return root, tags


def new_tag(tag: str, tags: list[str]) -> str:
    """The token that stands in the tree for a tag, which is added to the others."""
    tags.append(tag)
    return f"\ue000{len(tags) - 1}\ue001"


def source_of(root: etree._Element, tags: list[str]) -> str:
    """The Jinja template of a tree with tokens for these tags."""
    source = serialise_part(root).decode()
    return _TOKEN.sub(lambda token: tags[int(token.group(1) or token.group(2))], source)


def straightened(tag: str) -> str:
    """A tag with the quotation marks that Jinja knows: an editor makes typographic ones of them."""
    return tag.translate(_TYPOGRAPHIC_QUOTES)


def _whole_tag(element: etree._Element) -> re.Match[str] | None:
    text = "".join(paragraph_text(paragraph) for paragraph in element.iter(w("p")))
    return _WHOLE_TAG.fullmatch(text)


def _replace_by_tag(element: etree._Element, words: str, tags: list[str]) -> None:
    comment = etree.Comment(f"tag {len(tags)}")
    tags.append(f"{{% {straightened(words.strip())} %}}")
    parent = element.getparent()
    if parent is not None:
        parent.replace(element, comment)


def _tokenise_texts(paragraph: etree._Element, tags: list[str]) -> None:
    texts = list(paragraph.iter(w("t")))
    _gather_split_tags(texts)
    for text in texts:
        words = text.text or ""

        def token(match: re.Match[str]) -> str:
            return new_tag(straightened(match.group()), tags)

        if TAG.search(words):
            text.text = TAG.sub(token, words)
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _gather_split_tags(texts: list[etree._Element]) -> None:
    """Word spreads a tag over several runs: give the whole of it to the run in which it begins."""
    whole = "".join(text.text or "" for text in texts)
    owner = [at for at, text in enumerate(texts) for _ in text.text or ""]
    for tag in TAG.finditer(whole):
        owner[tag.start() : tag.end()] = [owner[tag.start()]] * (tag.end() - tag.start())
    shares: list[list[str]] = [[] for _ in texts]
    for character, at in zip(whole, owner, strict=True):
        shares[at].append(character)
    for text, share in zip(texts, shares, strict=True):
        text.text = "".join(share)
