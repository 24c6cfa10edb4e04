"""Reads the catalogue: one folder a paper, with paper.yaml, template.docx and template.txt."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from docs_service.catalogue.model import (
    Catalogue,
    Code,
    DateOrder,
    DocumentType,
    Field,
    FieldKind,
    LegalBasis,
    PageLayout,
    PaperClass,
    Variant,
)
from service_kit.problems import Problem, RefusedError

CATALOGUE_FOLDER = Path(__file__).parent

_PAPER_KEYS = frozenset(
    [
        "code",
        "title",
        "english",
        "class",
        "layout",
        "issued_when",
        "issued_by",
        "addressed_to",
        "basis",
        "restricted",
        "variants",
        "fields",
        "date_orders",
    ]
)
_FIELD_KEYS = {entry.name for entry in dataclass_fields(Field)} - {"name", "kind"} | {"type", "list"}
_DEFAULT_TEXT_LENGTH = {FieldKind.TEXT: 200, FieldKind.PARAGRAPHS: 20_000, FieldKind.NUMBER: 60}


def load_catalogue(folder: Path = CATALOGUE_FOLDER) -> Catalogue:
    """Read every paper below the folder. Raises RefusedError with all problems found in the data files."""
    codes = _read_codes(folder / "codes.yaml")
    common = _read_yaml(folder / "common.yaml")
    types: dict[str, DocumentType] = {}
    problems: list[Problem] = []
    for paper in sorted(folder.glob("*/paper.yaml")):
        try:
            kind = _read_type(paper.parent, common, codes)
            types[kind.code] = kind
        except RefusedError as refused:
            problems.extend(refused.problems)
        except (yaml.YAMLError, OSError, KeyError, TypeError, ValueError) as error:
            problems.append(_problem(paper, f"读不懂（{error}）。"))
    if problems:
        raise RefusedError(problems)
    return Catalogue(types, codes)


@cache
def shipped_catalogue() -> Catalogue:
    """The catalogue that comes with the product, read once per process."""
    return load_catalogue()


def load_cases(folder: Path, code: str) -> dict[str, dict[str, Any]]:
    """The filled cases of a paper by name: mappings with `data` and, where wanted, `variant`, `number` and
    the other words of a request.
    """
    return {case.stem: _read_yaml(case) for case in sorted((folder / code / "cases").glob("*.yaml"))}


def _read_yaml(path: Path) -> dict[str, Any]:
    value = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise RefusedError([_problem(path, "不是键和值的映射。")])
    return value


def _read_codes(path: Path) -> dict[str, tuple[Code, ...]]:
    return {
        name: tuple(Code(name, str(code), entry["label"], entry["english"]) for code, entry in codes.items())
        for name, codes in _read_yaml(path).items()
    }


def _read_type(
    folder: Path, common: Mapping[str, Any], codes: Mapping[str, tuple[Code, ...]]
) -> DocumentType:
    path = folder / "paper.yaml"
    paper = _read_yaml(path)
    if unknown := sorted(set(paper) - _PAPER_KEYS):
        raise RefusedError([_problem(path, f"有不认识的键：{'、'.join(unknown)}。")])
    if missing := sorted(_PAPER_KEYS - {"date_orders"} - set(paper)):
        raise RefusedError([_problem(path, f"缺少：{'、'.join(missing)}。")])
    if paper["code"] != folder.name:
        raise RefusedError([_problem(path, f"代码 {paper['code']} 与文件夹名 {folder.name} 不同。")])
    reader = _FieldReader(path, common, codes)
    template = (folder / "template.docx").read_bytes()
    shared = (folder.parent / name for name in ("codes.yaml", "common.yaml"))
    return DocumentType(
        code=paper["code"],
        title=paper["title"],
        english=paper["english"],
        paper_class=PaperClass(paper["class"]),
        layout=PageLayout(paper["layout"]),
        issued_when=paper["issued_when"],
        issued_by=paper["issued_by"],
        addressed_to=paper["addressed_to"],
        basis=tuple(LegalBasis(e["source"], str(e["article"]), e["quote"]) for e in paper["basis"]),
        restricted=paper["restricted"],
        variants=tuple(Variant(**entry) for entry in paper["variants"]),
        fields=tuple(reader.read(name, entry or {}) for name, entry in paper["fields"].items()),
        date_orders=tuple(DateOrder(**entry) for entry in paper.get("date_orders", ())),
        template=template,
        template_text=(folder / "template.txt").read_text(encoding="utf-8"),
        revision=_digest(template, path.read_bytes(), *(file.read_bytes() for file in shared)),
    )


def _digest(*contents: bytes) -> str:
    total = hashlib.sha256()
    for content in contents:
        total.update(hashlib.sha256(content).digest())
    return total.hexdigest()


def _problem(path: Path, message: str) -> Problem:
    return Problem(
        "CATALOGUE_INVALID", f"{path.parent.name}/{path.name}", message, "请按照其他文书的同名文件改正。"
    )


class _FieldReader:
    """Reads field entries of one paper: the common entry of the same name, or of the one that `use`
    names, overlaid with the paper's own.
    """

    def __init__(self, path: Path, common: Mapping[str, Any], codes: Mapping[str, tuple[Code, ...]]) -> None:
        self._path = path
        self._common = common
        self._codes = codes

    def read(self, name: str, entry: Mapping[str, Any]) -> Field:
        own = dict(entry)
        merged = {**self._common.get(own.pop("use", name), {}), **own}
        if unknown := sorted(set(merged) - _FIELD_KEYS):
            raise RefusedError([_problem(self._path, f"字段 {name} 有不认识的键：{'、'.join(unknown)}。")])
        if missing := [key for key in ("type", "label", "english") if key not in merged]:
            raise RefusedError([_problem(self._path, f"字段 {name} 缺少：{'、'.join(missing)}。")])
        if hasattr(dict, name):
            # A template would reach the method of the record and not the field.
            raise RefusedError([_problem(self._path, f"字段名 {name} 不能使用。")])
        kind = FieldKind(merged.pop("type"))
        item = merged.pop("item", None)
        parts = merged.pop("fields", None) or {}
        needed_when = merged.pop("needed_when", None) or {}
        merged.setdefault("max_length", _DEFAULT_TEXT_LENGTH.get(kind, 0))
        return Field(
            name=name,
            kind=kind,
            codes=self._read_codes(name, merged.pop("list", None), merged.pop("codes", None)),
            item=self.read("item", item) if item else None,
            fields=tuple(self.read(part, value or {}) for part, value in parts.items()),
            variants=tuple(merged.pop("variants", ())),
            needed_when={other: tuple(values) for other, values in needed_when.items()},
            **merged,
        )

    def _read_codes(self, name: str, list_name: str | None, only: list[str] | None) -> tuple[Code, ...]:
        if list_name is None:
            return ()
        if list_name not in self._codes:
            raise RefusedError([_problem(self._path, f"字段 {name} 的代码表 {list_name} 不存在。")])
        return tuple(code for code in self._codes[list_name] if only is None or code.code in only)
