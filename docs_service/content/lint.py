"""What is wrong with a template, found before it is used."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import jinja2
from jinja2 import nodes
from lxml import etree

from docs_service.catalogue import DocumentType, Field, FieldKind
from docs_service.content.findings import Finding
from docs_service.content.ooxml import DOCUMENT_PART, paragraph_text, parse_part, w
from docs_service.content.reader import read_document
from docs_service.content.template import (
    TAG,
    compile_template,
    open_template,
    straightened,
    tag_mistake,
    template_environment,
)
from service_kit.problems import Problem, RefusedError

# Names that every template may use beside its paper's fields.
TEMPLATE_WORDS = frozenset({"variant", "draft", "loop"})

_BLOCK_TAG = re.compile(r"\{%(?:p|tr)\s")
_RUNNING = {"header": "页眉", "footer": "页脚"}

# What a name stands for: a field, or None where nothing is known of its parts.
Scope = Mapping[str, Field | None]
PlacedText = tuple[str, str]


def lint_template(kind: DocumentType) -> list[Problem]:
    """Every finding about a paper's template, with its place in words: no .docx, wrong tags, fields that the
    paper does not have or the template does not use, content outside of the subset.
    """
    try:
        parts = open_template(kind.template)
        placed = list(_placed_texts(parts))
        tree = template_environment().parse("\n".join(text for _, text in placed))
    except jinja2.TemplateSyntaxError as error:
        is_at_end = (error.message or "").startswith("Unexpected end")
        place = "" if is_at_end else placed[error.lineno - 1][0]
        return [Finding.TEMPLATE_TAG.at(place, cause=tag_mistake(error))]
    except RefusedError as refused:
        return list(refused.problems)
    except etree.XMLSyntaxError as error:
        return [Finding.TEMPLATE_NOT_DOCX.at("", cause=str(error))]
    names = _Names(kind, [place for place, _ in placed])
    names.visit(tree, {entry.name: entry for entry in kind.fields})
    findings = [*names.findings, *names.unused()]
    try:
        template = compile_template(kind.template)
    except RefusedError as refused:
        return findings or list(refused.problems)
    return findings + read_document(parse_part(template.parts[DOCUMENT_PART]), template.styles).findings


def mended_tags(content: bytes) -> list[Problem]:
    """Tags that an editor has spread over several runs; they are put together when the template is used."""
    return [
        Finding.TEMPLATE_TAG_SPLIT.at(place, tag=tag.group())
        for place, paragraph in _placed_paragraphs(open_template(content))
        for tag in TAG.finditer(paragraph_text(paragraph))
        if not any(tag.group() in (text.text or "") for text in paragraph.iter(w("t")))
    ]


def _placed_texts(parts: Mapping[str, bytes]) -> Iterator[PlacedText]:
    """Each paragraph as one line of a Jinja template, with its place in words."""
    for place, paragraph in _placed_paragraphs(parts):
        text = TAG.sub(lambda tag: straightened(tag.group()), paragraph_text(paragraph)).replace("\n", " ")
        yield place, _BLOCK_TAG.sub("{% ", text)


def _placed_paragraphs(parts: Mapping[str, bytes]) -> Iterator[tuple[str, etree._Element]]:
    body = parse_part(parts[DOCUMENT_PART]).find(w("body"))
    at = tables = 0
    for element in [] if body is None else body:
        if element.tag == w("p"):
            at += 1
            yield f"第 {at} 段", element
        elif element.tag == w("tbl"):
            tables += 1
            yield from _of_table(element, "表格" if tables == 1 else f"第 {tables} 个表格")
    for name in sorted(parts):
        if match := re.fullmatch(r"word/(header|footer)[0-9]*\.xml", name):
            for paragraph in parse_part(parts[name]).iter(w("p")):
                yield _RUNNING[match.group(1)], paragraph


def _of_table(table: etree._Element, place: str) -> Iterator[tuple[str, etree._Element]]:
    for row_at, row in enumerate(table.iterfind(w("tr")), 1):
        for cell_at, cell in enumerate(row.iterfind(w("tc")), 1):
            for paragraph in cell.iterfind(w("p")):
                yield f"{place}第 {row_at} 行第 {cell_at} 格", paragraph


@dataclass(slots=True)
class _Names:
    """Walks a template's tree and looks up every name, also the parts of what a loop goes through."""

    kind: DocumentType
    places: list[str]
    findings: list[Problem] = field(default_factory=list)
    used: set[int] = field(default_factory=set)

    def visit(self, node: nodes.Node, scope: Scope) -> None:
        match node:
            case nodes.For():
                self.visit(node.iter, scope)
                inner = {**scope, **self._targets(node, scope)}
                for child in (*node.body, *node.else_):
                    self.visit(child, inner)
            case nodes.Assign():
                self.findings.append(Finding.TEMPLATE_TAG.at(self._place(node), cause="不能在模板中赋值"))
            case nodes.Name():
                self._look_up(node, scope)
            case nodes.Getattr():
                self.visit(node.node, scope)
                self._look_up_part(node, scope)
            case nodes.Filter():
                if node.name not in template_environment().filters:
                    cause = f"没有名为“{node.name}”的过滤器"
                    self.findings.append(Finding.TEMPLATE_TAG.at(self._place(node), cause=cause))
                self._visit_children(node, scope)
            case _:
                self._visit_children(node, scope)

    def _visit_children(self, node: nodes.Node, scope: Scope) -> None:
        for child in node.iter_child_nodes():
            self.visit(child, scope)

    def _place(self, node: nodes.Node) -> str:
        return self.places[node.lineno - 1]

    def _targets(self, loop: nodes.For, scope: Scope) -> Scope:
        whole = self._field_of(loop.iter, scope)
        item = whole.item if whole else None
        if isinstance(loop.target, nodes.Name):
            return {loop.target.name: item}
        return {name.name: None for name in loop.target.find_all(nodes.Name)}

    def _field_of(self, node: nodes.Node, scope: Scope) -> Field | None:
        match node:
            case nodes.Name():
                return scope.get(node.name)
            case nodes.Getattr():
                return _part(self._field_of(node.node, scope), node.attr)
            case _:
                return None

    def _look_up(self, node: nodes.Name, scope: Scope) -> None:
        if node.name in scope:
            self._use(scope[node.name])
        elif node.name not in TEMPLATE_WORDS:
            self._unknown(node, node.name, list(scope))

    def _look_up_part(self, node: nodes.Getattr, scope: Scope) -> None:
        whole = self._field_of(node.node, scope)
        if whole is None:
            return
        part = _part(whole, node.attr)
        if part is None:
            self._unknown(node, node.attr, [entry.name for entry in whole.fields])
        self._use(part)

    def _use(self, entry: Field | None) -> None:
        if entry is not None:
            self.used.add(id(entry))

    def _unknown(self, node: nodes.Node, name: str, known: list[str]) -> None:
        close = difflib.get_close_matches(name, known, 1)
        cure = f"是不是“{close[0]}”？" if close else "请改正字段名，或者在文书定义中补充。"
        self.findings.append(Finding.TEMPLATE_FIELD_UNKNOWN.at(self._place(node), name=name, cure=cure))

    def unused(self) -> Iterator[Problem]:
        """Fields that are asked for and never printed."""
        for entry in self.kind.fields:
            yield from self._unused(entry, entry.name)

    def _unused(self, entry: Field, path: str) -> Iterator[Problem]:
        if id(entry) not in self.used:
            yield Finding.TEMPLATE_FIELD_UNUSED.at("", name=path, label=entry.label)
        elif entry.item is not None and entry.item.kind is FieldKind.RECORD:
            for part in entry.item.fields:
                yield from self._unused(part, f"{path}[].{part.name}")


def _part(whole: Field | None, name: str) -> Field | None:
    return next((part for part in whole.fields if part.name == name), None) if whole else None
