"""Generated programs of chained rules with facts for them, and the one rule that ships."""

from datetime import date

from hypothesis import strategies as st

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


def operators(field_type: FieldType) -> st.SearchStrategy[Operator]:
    equality: list[Operator] = ["=", "=", "!="]
    order: list[Operator] = ["<", "<=", ">", ">="]
    return st.sampled_from(equality + order if field_type in ORDERED else equality)


@st.composite
def kinds(draw: st.DrawFn) -> tuple[FactKind, ...]:
    names = draw(st.lists(st.sampled_from(KIND_NAMES), min_size=1, max_size=3, unique=True))
    fields = st.dictionaries(
        st.sampled_from(FIELD_NAMES), st.sampled_from([TEXT, INT, INT, BOOL, DATE]), min_size=1, max_size=4
    )
    return tuple(FactKind(name, draw(fields)) for name in names)


@st.composite
def patterns(
    draw: st.DrawFn, alias: str, known: tuple[FactKind, ...], earlier: tuple[Pattern, ...]
) -> Pattern:
    by_name = {kind.name: kind for kind in known}
    kind = draw(st.sampled_from(known))
    tests = []
    for field in draw(st.lists(st.sampled_from(sorted(kind.fields)), max_size=2)):
        field_type = kind.fields[field]
        tests.append(FieldTest(field, draw(operators(field_type)), draw(st.sampled_from(VALUES[field_type]))))
    pairs = [
        (field, other.alias, other_field)
        for field, field_type in kind.fields.items()
        for other in earlier
        for other_field, other_type in by_name[other.kind].fields.items()
        if other_type is field_type
    ]
    joins = [
        Join(field, draw(operators(kind.fields[field])), other_alias, other_field)
        for field, other_alias, other_field in (
            draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=3)) if pairs else []
        )
    ]
    return Pattern(alias, kind.name, tuple(tests), tuple(joins))


@st.composite
def conclusions(draw: st.DrawFn, known: tuple[FactKind, ...], when: tuple[Pattern, ...]) -> Conclusion:
    by_name = {kind.name: kind for kind in known}
    target = draw(st.sampled_from((*known, *known, None)))
    sources = [(pattern.alias, field) for pattern in when for field in by_name[pattern.kind].fields]
    if target is None:
        taken = draw(st.lists(st.sampled_from(sources), max_size=2))
        return FindingConclusion("found", {f"f{place}": FieldRef(*ref) for place, ref in enumerate(taken)})
    fields: dict[str, Scalar | FieldRef] = {}
    for field, field_type in target.fields.items():
        fitting = [
            FieldRef(alias, source)
            for alias, source in sources
            if any(by_name[p.kind].fields[source] is field_type for p in when if p.alias == alias)
        ]
        constants = VALUES[field_type]
        if draw(st.booleans()):
            fields[field] = draw(st.sampled_from(fitting or constants))
        elif draw(st.booleans()):
            fields[field] = draw(st.sampled_from(constants))
    return FactConclusion(target.name, fields)


@st.composite
def programs(draw: st.DrawFn) -> ChainProgram:
    known = draw(kinds())
    rules = []
    for number in range(draw(st.integers(1, 5))):
        when: tuple[Pattern, ...] = ()
        for place in range(draw(st.sampled_from([1, 2, 2, 3, 3, 4]))):
            when = (*when, draw(patterns(f"x{place}", known, when)))
        rules.append(
            ChainRule(f"rule{number}", when, draw(conclusions(known, when)), draw(st.integers(0, 2)))
        )
    return ChainProgram(known, tuple(rules))


@st.composite
def facts(draw: st.DrawFn, known: tuple[FactKind, ...], most: int = 8) -> list[Fact]:
    made = []
    for _ in range(draw(st.integers(0, most))):
        kind = draw(st.sampled_from(known))
        values = {
            field: draw(st.sampled_from(VALUES[field_type]))
            for field, field_type in kind.fields.items()
            if draw(st.integers(0, 5))
        }
        made.append(Fact(kind.name, values))
    return made
