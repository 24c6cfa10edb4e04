"""Keeps from the engine what it must not see: facts of unknown kinds or fields, or of another type."""

from collections.abc import Iterator, Mapping, Sequence

from rules_service.engine.chaining.meaning import TYPE_NAMES, fits, is_exact
from rules_service.language.chain_rules import ChainProgram, Fact, FieldType
from service_kit.problems import Problem, Refusal, RefusedError

MOST_FACTS = 10_000


class Admission:
    """The kinds of fact that a program knows, with the type of each field. Built once a program."""

    def __init__(self, program: ChainProgram) -> None:
        self._types: Mapping[str, Mapping[str, FieldType]] = {
            kind.name: kind.fields for kind in program.kinds
        }
        self._python = {
            kind: {field: field_type.python for field, field_type in types.items()}
            for kind, types in self._types.items()
        }

    def check(self, facts: Sequence[Fact]) -> None:
        """RefusedError where there are too many facts or some is not of its kind, with all that is wrong."""
        if len(facts) > MOST_FACTS:
            raise RefusedError(
                [
                    Problem(
                        "CHAIN_TOO_MANY_FACTS",
                        "事实",
                        f"一次送来 {len(facts)} 件，最多 {MOST_FACTS} 件。",
                        "请分批送来。",
                    )
                ],
                Refusal.TOO_LARGE,
            )
        if not all(map(self._admits, facts)):
            raise RefusedError(list(self._problems(facts)))

    def _admits(self, fact: Fact) -> bool:
        types = self._python.get(fact.kind)
        if types is None:
            return False
        for field, value in fact.fields.items():
            if types.get(field) is not value.__class__ or (value.__class__ is int and not is_exact(value)):
                return False
        return True

    def _problems(self, facts: Sequence[Fact]) -> Iterator[Problem]:
        for number, fact in enumerate(facts, 1):
            types = self._types.get(fact.kind)
            if types is None:
                yield Problem("CHAIN_UNKNOWN_NAME", f"第 {number} 件事实", f"不认识事实种类“{fact.kind}”。")
                continue
            for field, value in fact.fields.items():
                field_type = types.get(field)
                if field_type is None:
                    message = f"“{fact.kind}”没有字段“{field}”。"
                    yield Problem("CHAIN_UNKNOWN_NAME", f"第 {number} 件事实", message)
                elif not fits(value, field_type):
                    message = f"“{field}”应当是{TYPE_NAMES[field_type]}。"
                    yield Problem("CHAIN_TYPE_MIXED", f"第 {number} 件事实", message)
