"""Reads a paper's data into values: everything wrong with it is told at once, before any engine sees it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from docs_service.catalogue import NUMBER_PATTERN, DateOrder, Field, FieldKind
from docs_service.content.characters import character_problems
from docs_service.content.findings import DATA_ROOT, Finding
from docs_service.content.values import Choice
from service_kit.problems import Problem, RefusedError

LARGEST_DATA = 1 << 20

Values = dict[str, Any]

_JSON_KINDS = {
    dict: "一组键和值",
    list: "列表",
    str: "文字",
    bool: "真假值",
    int: "整数",
    float: "小数",
    type(None): "空值",
}
_WANTED = {
    FieldKind.TEXT: (str, "一行文字"),
    FieldKind.PARAGRAPHS: (str, "文字或者逐段的列表"),
    FieldKind.DATE: (str, "日期"),
    FieldKind.INTEGER: (int, "整数"),
    FieldKind.CODE: (str, "代码"),
    FieldKind.NUMBER: (str, "文号"),
    FieldKind.LIST: (list, "列表"),
    FieldKind.RECORD: (dict, "一组键和值"),
}
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)


def parse_json(text: str) -> dict[str, Any]:
    """The JSON object in the text. Raises RefusedError: too large, no JSON, a key given twice, no object."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LARGEST_DATA:
        raise RefusedError([Finding.DATA_TOO_LARGE.at(DATA_ROOT, size=size, limit=LARGEST_DATA)])
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, value in pairs:
            if name in found:
                repeated.append(name)
            found[name] = value
        return found

    try:
        data = json.loads(text, object_pairs_hook=unique, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        cause = f"第 {error.lineno} 行第 {error.colno} 列有误"
        raise RefusedError([Finding.DATA_NOT_JSON.at(DATA_ROOT, cause=cause)]) from None
    except (RecursionError, ValueError) as error:
        cause = "嵌套过深" if isinstance(error, RecursionError) else "含有不能表示的数"
        raise RefusedError([Finding.DATA_NOT_JSON.at(DATA_ROOT, cause=cause)]) from None
    if repeated:
        raise RefusedError(
            Finding.DUPLICATE_KEY.at(DATA_ROOT, name=_shown(name)) for name in sorted(set(repeated))
        )
    if not isinstance(data, dict):
        raise RefusedError([Finding.DATA_NOT_JSON.at(DATA_ROOT, cause="最外层不是对象")])
    return data


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def read_data(
    fields: tuple[Field, ...], data: Mapping[str, Any], date_orders: tuple[DateOrder, ...] = ()
) -> tuple[Values, list[Problem]]:
    """The values of the fields, and everything wrong with the data. An optional field that is not given is
    its default, an empty list, or None.
    """
    reader = _Reader()
    values = reader.read_fields(fields, data, DATA_ROOT)
    reader.check_needed(fields, data)
    reader.check_orders(fields, date_orders, values)
    return values, reader.problems


def number_problems(value: str, place: str, label: str, example: object) -> list[Problem]:
    """What is wrong with a 文号 (GB/T 9704-2012 7.2.5), with the cure for the usual slips."""
    if re.fullmatch(NUMBER_PATTERN.strip("^$"), value):
        return []
    words = {"place": place, "label": label, "value": _shown(value)}
    if other := re.search(r"([\[［【(（{｛])\s*[0-9]{2,4}\s*[\]］】)）}｝]", value):
        return [Finding.NUMBER_BRACKETS.at(**words, found=_BRACKETS[other.group(1)])]
    if re.search(r"〕0+[0-9]", value):
        return [Finding.NUMBER_ZERO_PADDED.at(**words)]
    if "〕第" in value:
        return [Finding.NUMBER_ORDINAL.at(**words)]
    if re.search(r"〔(?!(?:19|20)[0-9]{2}〕)[0-9]*〕", value):
        return [Finding.NUMBER_YEAR.at(**words)]
    return [Finding.NUMBER_FORM.at(**words, example=example)]


_BRACKETS = {
    "[": "半角方", "［": "全角方", "【": "方头", "(": "半角圆", "（": "全角圆", "{": "半角花", "｛": "全角花",
}  # fmt: skip


def _shown(value: object) -> str:
    text = re.sub(
        r"[^\x20-\x7e\u00a1-\u2027\u2030-\u205f\u3000-\ud7ff\uf900-\ufaff\uff00-\uffef]", "□", str(value)
    )
    return text if len(text) <= 40 else text[:40] + "…"


class _Reader:
    """Walks data beside its fields and gathers problems."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def read_fields(self, fields: tuple[Field, ...], data: Mapping[str, Any], place: str) -> Values:
        known = {field.name for field in fields}
        for name in data:
            if name not in known:
                words = {"name": _shown(name), "known": "、".join(field.name for field in fields)}
                self.problems.append(Finding.FIELD_UNKNOWN.at(f"{place}.{_shown(name)}", **words))
        values: Values = {}
        for field in fields:
            if field.name in data:
                values[field.name] = self.read(field, data[field.name], f"{place}.{field.name}", field.label)
                continue
            if field.required:
                self._missing(field, place)
            values[field.name] = _absent(field)
        return values

    def _missing(self, field: Field, place: str) -> None:
        place = f"{place}.{field.name}"
        self.problems.append(Finding.FIELD_MISSING.at(place, label=field.label, example=_example(field)))

    def read(self, field: Field, value: object, place: str, label: str) -> object:
        if field.kind is FieldKind.PARAGRAPHS and type(value) is list:
            return self.read_each_paragraph(field, value, place, label)
        wanted, wanted_words = _WANTED[field.kind]
        if type(value) is not wanted:
            got = _JSON_KINDS[type(value)]
            words = {"label": label, "wanted": wanted_words, "got": got, "example": _example(field)}
            self.problems.append(Finding.FIELD_TYPE.at(place, **words))
            return _absent(field)
        return _READERS[field.kind](self, field, value, place, label)

    def _text(self, field: Field, value: str, place: str, label: str) -> str:
        text = value.strip()
        if not text:
            self.problems.append(Finding.FIELD_EMPTY.at(place, label=label, example=_example(field)))
        if len(text) > field.max_length:
            words = {"label": label, "size": len(text), "limit": field.max_length}
            self.problems.append(Finding.TEXT_TOO_LONG.at(place, **words))
        self.problems.extend(character_problems(text, place, label))
        return text

    def read_line(self, field: Field, value: str, place: str, label: str) -> str:
        text = self._text(field, value, place, label)
        if "\n" in text or "\r" in text:
            self.problems.append(Finding.TEXT_LINE_BREAK.at(place, label=label))
        return text

    def read_paragraphs(self, field: Field, value: str, place: str, label: str) -> list[str]:
        text = self._text(field, value.replace("\r\n", "\n").replace("\r", "\n"), place, label)
        return [line.strip() for line in text.split("\n") if line.strip()]

    def read_each_paragraph(self, field: Field, value: list[object], place: str, label: str) -> list[str]:
        line = replace(field, kind=FieldKind.TEXT)
        read = [
            self.read(line, item, f"{place}[{at}]", f"{label}第 {at + 1} 段") for at, item in enumerate(value)
        ]
        paragraphs = [item for item in read if isinstance(item, str)]
        if not value:
            self.problems.append(Finding.FIELD_EMPTY.at(place, label=label, example=_example(field)))
        total = sum(map(len, paragraphs))
        if total > field.max_length:
            words = {"label": label, "size": total, "limit": field.max_length}
            self.problems.append(Finding.TEXT_TOO_LONG.at(place, **words))
        return paragraphs

    def read_date(self, field: Field, value: str, place: str, label: str) -> date | None:  # noqa: ARG002
        words = {"label": label, "value": _shown(value)}
        match = _DATE.fullmatch(value)
        if not match:
            self.problems.append(Finding.DATE_FORM.at(place, **words))
            return None
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            self.problems.append(Finding.DATE_IMPOSSIBLE.at(place, **words))
            return None

    def read_integer(self, field: Field, value: int, place: str, label: str) -> int:
        if not field.minimum <= value <= field.maximum:
            words = {"label": label, "value": value, "minimum": field.minimum, "maximum": field.maximum}
            self.problems.append(Finding.INTEGER_RANGE.at(place, **words))
        return value

    def read_code(self, field: Field, value: str, place: str, label: str) -> Choice | None:
        for code in field.codes:
            if code.code == value:
                return Choice(code)
        known = "、".join(f"{code.code}（{code.label}）" for code in field.codes)
        self.problems.append(Finding.CODE_UNKNOWN.at(place, label=label, value=_shown(value), known=known))
        return None

    def read_number(self, field: Field, value: str, place: str, label: str) -> str:
        self.problems.extend(number_problems(value, place, label, field.example))
        return value

    def read_list(self, field: Field, value: list[object], place: str, label: str) -> list[object]:
        for finding, limit, broken in (
            (Finding.LIST_TOO_SHORT, field.min_items, len(value) < field.min_items),
            (Finding.LIST_TOO_LONG, field.max_items, len(value) > field.max_items),
        ):
            if broken:
                self.problems.append(finding.at(place, label=label, size=len(value), limit=limit))
        if field.item is None or len(value) > field.max_items:
            return []
        return [
            self.read(field.item, item, f"{place}[{at}]", f"{label}第 {at + 1} 项")
            for at, item in enumerate(value)
        ]

    def read_record(self, field: Field, value: Mapping[str, Any], place: str, label: str) -> Values:  # noqa: ARG002
        return self.read_fields(field.fields, value, place)

    def check_needed(self, fields: tuple[Field, ...], data: Mapping[str, Any]) -> None:
        for field in fields:
            needed = any(data.get(other) in codes for other, codes in field.needed_when.items())
            if needed and field.name not in data:
                self._missing(field, DATA_ROOT)

    def check_orders(self, fields: tuple[Field, ...], orders: tuple[DateOrder, ...], values: Values) -> None:
        labels = {field.name: field.label for field in fields}
        for order in orders:
            earlier, later = values.get(order.earlier), values.get(order.later)
            if earlier is None or later is None:
                continue
            words: dict[str, object] = {
                "earlier": labels[order.earlier], "earlier_value": earlier.isoformat(),
                "later": labels[order.later], "later_value": later.isoformat(),
            }  # fmt: skip
            place = f"{DATA_ROOT}.{order.later}"
            if later < earlier:
                self.problems.append(Finding.DATE_ORDER.at(place, **words))
            elif order.at_most_days and later - earlier > timedelta(days=order.at_most_days):
                words |= {"days": order.at_most_days, "basis": order.basis}
                self.problems.append(Finding.DATE_TOO_LATE.at(place, **words))


_READERS: dict[FieldKind, Callable[..., object]] = {
    FieldKind.TEXT: _Reader.read_line,
    FieldKind.PARAGRAPHS: _Reader.read_paragraphs,
    FieldKind.DATE: _Reader.read_date,
    FieldKind.INTEGER: _Reader.read_integer,
    FieldKind.CODE: _Reader.read_code,
    FieldKind.NUMBER: _Reader.read_number,
    FieldKind.LIST: _Reader.read_list,
    FieldKind.RECORD: _Reader.read_record,
}


def _absent(field: Field) -> object:
    if field.default is not None:
        chosen = (Choice(code) for code in field.codes if code.code == field.default)
        return next(chosen, field.default)
    return [] if field.kind in (FieldKind.LIST, FieldKind.PARAGRAPHS) else None


def _example(field: Field) -> object:
    if field.example is not None:
        return field.example
    if field.item is not None:
        return _example(field.item)
    return "、".join(part.label for part in field.fields) or field.label
