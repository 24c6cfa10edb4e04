"""Reads facts, keys and moments against the vocabulary, and gathers what is wrong with them."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rules_service.engine.index import Known
from rules_service.engine.suggesting import Suggestions
from rules_service.engine.told import CheckedFacts
from rules_service.engine.wrong import Wrong
from rules_service.language.types import YEARS
from rules_service.language.vocabulary import FactDef, Vocabulary
from service_kit.problems import Problem

LONGEST_KEY = 200
# Enough to mend whatever sends them; more would only make the refusal larger than the question.
MOST_PROBLEMS = 100
LONGEST_PLACE = 300
LONGEST_MESSAGE = 1000
LISTED = "ListCodes 会列出词汇表里的名称。"
MEND_DAY = "请写存在的日期，如 2024-05-01。"
MAY_BE_NULL = "查过没有的写 null，不知道的不写。"
OUTSIDE_THE_CALENDAR = f"时刻不在 {YEARS[0]} 年到 {YEARS[-1]} 年之间。"
KEY = re.compile(r"[^\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*")


@dataclass(slots=True)
class FactReader:
    """Reads what cases are made of; every problem has its field path."""

    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    suggestions: Suggestions = field(default_factory=Suggestions)

    def facts(self, raw: object, path: str) -> dict[str, Known]:
        """Reads an object of facts."""
        if isinstance(raw, CheckedFacts):
            return raw
        facts: dict[str, Known] = {}
        for name, value in self.members(raw, path).items():
            definition = self.vocabulary.facts.get(name)
            if definition is None:
                near = self.near(name, self.vocabulary.facts)
                self.problem(Wrong.FACT_UNKNOWN.name, f"{path}.{name}", f"词汇表里没有事实“{name}”。", near)
            elif definition.counted:
                self.problem(
                    Wrong.FACT_COUNTED.name,
                    f"{path}.{name}",
                    f"“{definition.label.chinese}”由服务计数，不能由外部给出。",
                    "请删去。",
                )
            elif definition.type.is_plain(value):
                facts[name] = value  # type: ignore[assignment]
            else:
                facts[name] = self._value(definition, value, f"{path}.{name}")
        return facts

    def _value(self, definition: FactDef, value: object, path: str) -> Known:
        if value is None:
            return None
        try:
            return definition.type.from_json(value)
        except ValueError as error:
            self.wrong_value(definition.label.chinese, value, error, path)
            return None

    def wrong_value(
        self, label: str, value: object, error: ValueError, path: str, untold: str = MAY_BE_NULL
    ) -> None:
        """Notes that a value is not of its type, as JSON has it; UNTOLD is how to say that there is none."""
        match value:
            case list() | dict():
                # What is nested deeply enough could not be printed either.
                shown = "…"
            case None | bool():
                shown = json.dumps(value)
            case _:
                shown = str(value)[:40]
        self.problem(
            Wrong.VALUE_TYPE.name,
            path,
            f"“{label}”写成了“{shown}”，{error}",
            f"请照应有的写法改。{untold}",
        )

    def members(self, raw: object, path: str) -> Mapping[str, object]:
        """The members of an object; none where nothing was sent."""
        if raw is None:
            return {}
        if isinstance(raw, Mapping):
            return raw
        self.no_object(path)
        return {}

    def no_object(self, path: str) -> None:
        """Notes that something is no object."""
        self.problem(Wrong.NOT_AN_OBJECT.name, path, "应当是一个 JSON 对象。", '例如 {"channel": "letter"}。')

    def unknown_names(self, names: Sequence[str], facts: Mapping[str, Known], path: str) -> frozenset[str]:
        """Names of facts that are known to be unknown."""
        for name in names:
            if name not in self.vocabulary.facts:
                near = self.near(name, self.vocabulary.facts)
                self.problem(Wrong.FACT_UNKNOWN.name, path, f"词汇表里没有事实“{name}”。", near)
            if name in facts:
                self.problem(
                    Wrong.TOLD_AND_UNKNOWN.name, path, f"“{name}”既给了值，又说不详。", "请只留一处。"
                )
        return frozenset(names)

    def key(self, key: str, path: str) -> None:
        """Checks a caller's opaque key."""
        plain = key.isascii() and key.isprintable()
        if len(key) > LONGEST_KEY or not (plain or KEY.fullmatch(key)):
            self.problem(
                Wrong.KEY_INVALID.name,
                path,
                f"编号含有控制字符，或超过 {LONGEST_KEY} 个字。",
                "编号只作标识，不写姓名、证件号。",
            )

    def once(self, keys: Sequence[str], path: str, name: str) -> None:
        """Checks that each key is used once."""
        seen: set[str] = set()
        for number, key in enumerate(keys):
            if key in seen:
                told = f"“{key}”用了两次。" if key else "和前面的一个都没有写编号。"
                self.problem(
                    Wrong.KEY_TWICE.name, f"{path}[{number}].{name}", told, f"请各写一个不同的 {name}。"
                )
            seen.add(key)

    def problem(self, code: str, path: str, message: str, cure: str) -> None:
        """Notes a problem, as long as there are not too many."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(code, path[:LONGEST_PLACE], message[:LONGEST_MESSAGE], cure))

    def near(self, word: str, known: Iterable[str], otherwise: str = LISTED) -> str:
        """A name that may have been meant, as a cure."""
        if len(self.problems) >= MOST_PROBLEMS:
            return ""
        return self.suggestions.near(word, known) or otherwise

    def moment(self, told: datetime | None, path: str) -> datetime | None:
        """Checks that a moment is within the calendar."""
        if told is not None and told.year not in YEARS:
            self.problem(Wrong.MOMENT_OUT_OF_RANGE.name, path, OUTSIDE_THE_CALENDAR, "请核对这个时刻。")
        return told
