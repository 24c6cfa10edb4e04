"""Generated programs of chained rules with facts for them, and the one rule that ships."""

from datetime import date
from random import Random

from rules_service.language.chain_rules import (
    ORDERED,
    ChainProgram,
    ChainRule,
    Conclusion,
    Fact,
    FactConclusion,
    FactKind,
    FieldRef,
    FieldTest,
    FieldType,
    FindingConclusion,
    Join,
    Operator,
    Pattern,
    Scalar,
)

TEXT, INT, BOOL, DATE = FieldType.TEXT, FieldType.INT, FieldType.BOOL, FieldType.DATE

SHIPPED = ChainProgram(
    kinds=(
        FactKind("urging", {"matter": TEXT}),
        FactKind("supervision", {"matter": TEXT}),
        FactKind("overdue_matter", {"matter": TEXT, "explained": TEXT}),
    ),
    rules=(
        ChainRule(
            id="urged_and_supervised_still_open",
            when=(
                Pattern("u", "urging"),
                Pattern("s", "supervision", joins=(Join("matter", "=", "u", "matter"),)),
                Pattern(
                    "m",
                    "overdue_matter",
                    tests=(FieldTest("explained", "=", "no"),),
                    joins=(Join("matter", "=", "u", "matter"),),
                ),
            ),
            then=FindingConclusion("year_end_deduction", {"matter": FieldRef("u", "matter")}),
        ),
    ),
)

# Names on which the engine errs when it is given them: two pairs that share an FNV-1a hash, its own words,
# and a nested path. They must do no harm here.
FIELD_NAMES = ["fnlzlqr", "ftdmisb", "flzhqvj", "fzzdncl", "id", "sid", "k", "p0", "h0", "a.b", "__t", "事由"]
KIND_NAMES = ["urging", "__boot", "督办", "m"]

VALUES: dict[FieldType, list[Scalar]] = {
    TEXT: ["", "0", "1", "true", "督办", '"', "\\", "\n", "a\x00b", "é", "\ud800", "no", "x" * 70_000],
    INT: [-(2**53), -1, 0, 1, 7, 2**53],
    BOOL: [False, True],
    DATE: [date.min, date(2024, 2, 29), date(2024, 3, 1), date.max],
}


def operators(field_type: FieldType) -> list[Operator]:
    equality: list[Operator] = ["=", "=", "!="]
    order: list[Operator] = ["<", "<=", ">", ">="]
    return equality + order if field_type in ORDERED else equality


def program(chance: Random) -> ChainProgram:
    """A program, most often one in which something fires, now and then one that preflight refuses."""
    known = kinds(chance)
    rules = []
    for number in range(chance.randint(1, 5)):
        when: tuple[Pattern, ...] = ()
        for place in range(chance.choice([1, 2, 2, 3, 3, 4])):
            when = (*when, pattern(chance, f"x{place}", known, when))
        rules.append(ChainRule(f"rule{number}", when, conclusion(chance, known, when), chance.randint(0, 2)))
    return ChainProgram(known, tuple(rules))


def kinds(chance: Random) -> tuple[FactKind, ...]:
    return tuple(
        FactKind(
            name,
            {
                field: chance.choice([TEXT, INT, INT, BOOL, DATE])
                for field in chance.sample(FIELD_NAMES, chance.randint(1, 4))
            },
        )
        for name in chance.sample(KIND_NAMES, chance.randint(1, 3))
    )


def pattern(chance: Random, alias: str, known: tuple[FactKind, ...], earlier: tuple[Pattern, ...]) -> Pattern:
    by_name = {kind.name: kind for kind in known}
    kind = chance.choice(known)
    tests = []
    for field in chance.choices(sorted(kind.fields), k=chance.choice([0, 0, 1, 2])):
        field_type = kind.fields[field]
        tests.append(
            FieldTest(field, chance.choice(operators(field_type)), chance.choice(VALUES[field_type]))
        )
    pairs = [
        (field, other.alias, other_field)
        for field, field_type in kind.fields.items()
        for other in earlier
        for other_field, other_type in by_name[other.kind].fields.items()
        if other_type is field_type
    ]
    joins = [
        Join(field, chance.choice(operators(kind.fields[field])), other_alias, other_field)
        for field, other_alias, other_field in (
            chance.choices(pairs, k=chance.choice([1, 1, 2, 3])) if pairs else []
        )
    ]
    return Pattern(alias, kind.name, tuple(tests), tuple(joins))


def conclusion(chance: Random, known: tuple[FactKind, ...], when: tuple[Pattern, ...]) -> Conclusion:
    by_name = {kind.name: kind for kind in known}
    target = chance.choice((*known, *known, None))
    sources = [(pattern.alias, field) for pattern in when for field in by_name[pattern.kind].fields]
    if target is None:
        taken = chance.choices(sources, k=chance.randint(0, 2))
        return FindingConclusion("found", {f"f{place}": FieldRef(*ref) for place, ref in enumerate(taken)})
    fields: dict[str, Scalar | FieldRef] = {}
    for field, field_type in target.fields.items():
        fitting = [
            FieldRef(alias, source)
            for alias, source in sources
            if any(by_name[p.kind].fields[source] is field_type for p in when if p.alias == alias)
        ]
        constants = VALUES[field_type]
        match chance.randrange(4):
            case 0 | 1:
                fields[field] = chance.choice(fitting or constants)
            case 2:
                fields[field] = chance.choice(constants)
    return FactConclusion(target.name, fields)


def facts(chance: Random, known: tuple[FactKind, ...], most: int = 8) -> list[Fact]:
    made = []
    for _ in range(chance.randint(0, most)):
        kind = chance.choice(known)
        values = {
            field: chance.choice(VALUES[field_type])
            for field, field_type in kind.fields.items()
            if chance.randrange(6)
        }
        made.append(Fact(kind.name, values))
    return made
