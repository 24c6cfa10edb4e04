"""Reads the parameters of a ruleset."""

from datetime import date

from rules_service.language.citations import read_citations
from rules_service.language.findings import Code
from rules_service.language.model.parameters import DatedValue, Parameter
from rules_service.language.names import check_name
from rules_service.language.scope import Scope
from rules_service.language.source import Node, Reading
from rules_service.language.types import Value, parse_date
from rules_service.language.vocabulary import read_type


def read_parameters(node: Node | None, scope: Scope) -> dict[str, Parameter]:
    """Reads all parameters by their names."""
    read = scope.reading
    result = {}
    for name, entry in read.entries(node, "参数").items():
        place = f"参数 {name}"
        check_name(name, entry, read, place)
        values = read.record(entry, place, "label type", "value values cite basis note")
        kind = read_type(values.get("type"), scope.vocabulary.codes, read, place)
        dated = []
        if {"value", "values"} <= values.keys():
            message, cure = "既写了 value，又写了 values。", "请只留一处；从某天起改变的写 values。"
            read.find(Code.CONTRADICTION, values["value"], place, message, cure)
        if "value" in values:
            dated.append(DatedValue(None, _literal(values["value"], kind.from_text, read, place)))
        for item in read.items(values.get("values"), place):
            parts = read.record(item, place, "from value")
            day = read.literal(parts.get("from"), place, parse_date, date.min)
            if day != date.min and day in [earlier.in_force_from for earlier in dated]:
                message = f"两个值都从 {day} 起。"
                read.find(Code.CONTRADICTION, item, place, message, "请只留一个，或改其中一个 from。")
            dated.append(DatedValue(day, _literal(parts.get("value"), kind.from_text, read, place)))
        dated.sort(key=lambda value: value.in_force_from or date.min)
        parameter = Parameter(
            name,
            read.text(values.get("label"), place),
            kind,
            tuple(dated),
            read_citations(values, entry, scope, place),
        )
        if parameter.at(scope.in_force_from) is None:
            read.find(
                Code.PARAMETER_NOT_IN_FORCE,
                entry,
                place,
                "规则集生效之日还没有值。",
                "请写 value，或让 values 里最早的 from 不晚于 in_force_from。",
            )
        result[name] = parameter
    return result


def _literal(node: Node | None, parse: object, read: Reading, place: str) -> Value:
    return read.literal(node, place, parse, 0)  # type: ignore[arg-type]
