"""A paper's fields as JSON Schema draft 2020-12, with Chinese titles."""

from typing import Any

from docs_service.catalogue.model import DocumentType, Field, FieldKind

# 文号: the mark of the organ and of the kind, the full year in tortoise-shell brackets, the running number
# without zeros before it, 号 (GB/T 9704-2012 7.2.5).
NUMBER_PATTERN = r"^[\u4e00-\u9fff]{1,20}〔(?:19|20)[0-9]{2}〕[1-9][0-9]{0,5}号$"
DATE_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def fields_schema(kind: DocumentType) -> dict[str, Any]:
    """The schema that a paper's data must fit. Each variant is one branch of `anyOf`."""
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": kind.title,
        "type": "object",
        "properties": {field.name: _field(field) for field in kind.fields},
        "additionalProperties": False,
        "required": [field.name for field in kind.fields if field.required and not field.variants],
    }
    if len(kind.variants) > 1:
        schema["anyOf"] = [_variant(kind, variant.code, variant.title) for variant in kind.variants]
    elif conditions := _conditions(kind.fields):
        schema["allOf"] = conditions
    return schema


def _variant(kind: DocumentType, code: str, title: str) -> dict[str, Any]:
    fields = kind.fields_of(code)
    branch: dict[str, Any] = {
        "title": f"{title}（{code}）",
        "properties": {field.name: False for field in kind.fields if field not in fields},
        "required": [field.name for field in fields if field.required],
    }
    conditions = _conditions(fields)
    return {**branch, "allOf": conditions} if conditions else branch


def _conditions(fields: tuple[Field, ...]) -> list[dict[str, Any]]:
    """Fields that the code of another makes required."""
    return [
        {
            "if": {"properties": {other: {"enum": list(values)}}, "required": [other]},
            "then": {"required": [field.name]},
        }
        for field in fields
        for other, values in field.needed_when.items()
    ]


def _field(field: Field) -> dict[str, Any]:
    schema: dict[str, Any] = {"title": field.label, **_KIND_SCHEMAS[field.kind](field)}
    if field.hint:
        schema["description"] = field.hint
    if field.default is not None:
        schema["default"] = field.default
    if field.example is not None:
        schema["examples"] = [field.example]
    return schema


def _text(field: Field) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": field.max_length}


def _paragraphs(field: Field) -> dict[str, Any]:
    text = _text(field)
    return {"oneOf": [text, {"type": "array", "items": text, "minItems": 1}]}


def _date(_: Field) -> dict[str, Any]:
    return {"type": "string", "format": "date", "pattern": DATE_PATTERN}


def _integer(field: Field) -> dict[str, Any]:
    return {"type": "integer", "minimum": field.minimum, "maximum": field.maximum}


def _code(field: Field) -> dict[str, Any]:
    return {"oneOf": [{"const": code.code, "title": code.label} for code in field.codes]}


def _number(_: Field) -> dict[str, Any]:
    return {"type": "string", "pattern": NUMBER_PATTERN}


def _list(field: Field) -> dict[str, Any]:
    items = _field(field.item) if field.item else {}
    return {"type": "array", "items": items, "minItems": field.min_items, "maxItems": field.max_items}


def _record(field: Field) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {part.name: _field(part) for part in field.fields},
        "required": [part.name for part in field.fields if part.required],
        "additionalProperties": False,
    }


_KIND_SCHEMAS = {
    FieldKind.TEXT: _text,
    FieldKind.PARAGRAPHS: _paragraphs,
    FieldKind.DATE: _date,
    FieldKind.INTEGER: _integer,
    FieldKind.CODE: _code,
    FieldKind.NUMBER: _number,
    FieldKind.LIST: _list,
    FieldKind.RECORD: _record,
}
