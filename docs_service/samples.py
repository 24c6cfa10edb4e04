"""Data made from a paper's fields: its examples, the longest that it takes, the least that it needs."""

from collections.abc import Callable
from typing import Any

from docs_service.catalogue import Code, Field, FieldKind

_FILLER = "信访事项依法办理情况说明"


def example_data(fields: tuple[Field, ...]) -> dict[str, Any]:
    """The examples of the required fields."""
    return _data(fields, _is_needed, _example)


def longest_data(fields: tuple[Field, ...]) -> dict[str, Any]:
    """Every field, as long as it may be."""
    return _data(fields, lambda _: True, _longest)


def _data(
    fields: tuple[Field, ...], wanted: Callable[[Field], bool], value: Callable[[Field], Any]
) -> dict[str, Any]:
    return {field.name: value(field) for field in fields if wanted(field)}


def _is_needed(field: Field) -> bool:
    return field.required or bool(field.needed_when)


def _example(field: Field) -> Any:
    match field.kind:
        case FieldKind.LIST if field.item:
            return [_example(field.item)]
        case FieldKind.RECORD:
            return _data(field.fields, _is_needed, _example)
        case _:
            return field.example


def _longest(field: Field) -> Any:
    match field.kind:
        case FieldKind.LIST if field.item:
            return [_longest(field.item)] * field.max_items
        case FieldKind.RECORD:
            return longest_data(field.fields)
        case FieldKind.TEXT | FieldKind.PARAGRAPHS:
            return (_FILLER * (field.max_length // len(_FILLER) + 1))[: field.max_length]
        case FieldKind.INTEGER:
            return field.maximum
        case FieldKind.CODE:
            return max(field.codes, key=_label_length).code
        case _:
            return field.example


def _label_length(code: Code) -> int:
    return len(code.label)
