"""What the canonical form knows of each place in a ruleset: the order of keys and which types are meant."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules_service.language.form.tree import Collection, Scalar, Tree
from rules_service.language.types import Kind, ValueType
from rules_service.language.vocabulary import Vocabulary

# The types of YAML that mean the same as ours; what is written for the others is a text.
PLAIN: Mapping[Kind, frozenset[str]] = {
    Kind.INT: frozenset({"int"}),
    Kind.DECIMAL: frozenset({"int", "float"}),
    Kind.BOOL: frozenset({"bool"}),
    Kind.DATE: frozenset({"timestamp"}),
    Kind.DATETIME: frozenset({"timestamp"}),
}
NULL = frozenset({"null"})


@dataclass(frozen=True, slots=True)
class Shape:
    """A place in a file.

    `entries` are the places of a mapping by key, in the form's order where that is `fixed`; `columns` those
    of a list by position; `each` is the place of everything else inside. `plain` are the types of YAML that
    a scalar here may be read as. `block` never stands on one line, `apart` has blank lines between its
    items, `section` one before it.
    """

    entries: Mapping[str, "Shape"] = field(default_factory=dict)
    fixed: bool = False
    columns: tuple["Shape", ...] = ()
    each: "Shape | None" = None
    plain: frozenset[str] = frozenset()
    block: bool = False
    apart: bool = False
    section: bool = False

    def inner(self, key: str, number: int) -> "Shape":
        """The place of an entry, or of the item of that number."""
        if key:
            return self.entries.get(key) or self.each or TEXT
        return self.columns[number] if number < len(self.columns) else self.each or TEXT


TEXT = Shape()


def record(keys: str, *, block: bool = False, **known: Shape) -> Shape:
    """A mapping whose keys have an order; those not given a place are texts."""
    return Shape({key: known.get(key, TEXT) for key in keys.split()}, fixed=True, block=block)


def listed(each: Shape, *, block: bool = False, apart: bool = False) -> Shape:
    """A list."""
    return Shape(each=each, block=block, apart=apart)


def section(each: Shape, *, apart: bool = False) -> Shape:
    """A list or a mapping of its own in the file."""
    return Shape(each=each, block=True, apart=apart, section=True)


INT = Shape(plain=PLAIN[Kind.INT])
BOOL = Shape(plain=PLAIN[Kind.BOOL])
DAY = Shape(plain=PLAIN[Kind.DATE])
ANY_VALUE = Shape(plain=frozenset().union(*PLAIN.values()))

PERIOD = record("first_day last_day", first_day=DAY, last_day=DAY)
CITE = listed(record("source article quote"))
DEPARTURE = record("source article norm reviewed_by")
PAPERS = listed(record("paper variant when under restricted lapses fields", restricted=BOOL, lapses=BOOL))
FOUND = record("code papers cite basis note", papers=PAPERS, cite=CITE)

ROW = record(
    "id if then findings candidates papers cite basis note departs_from",
    candidates=listed(record("code papers", papers=PAPERS)),
    papers=PAPERS,
    cite=CITE,
    departs_from=DEPARTURE,
)
PRESUMED = record("from add count", add=INT)
DUTY = record(
    "id title each concept who owed_by tightens when unless due extended_by pauses due_soon_days met_by ends"
    " papers finding cite basis note departs_from",
    block=True,
    unless=listed(record("if cite basis note", cite=CITE)),
    due=record("from add count until presumed", add=INT, presumed=PRESUMED),
    extended_by=record("event days at_most by after_lapse", at_most=INT, after_lapse=BOOL),
    due_soon_days=INT,
    met_by=record("any"),
    ends=listed(record("by as cite basis note", cite=CITE)),
    papers=PAPERS,
    finding=FOUND,
    cite=CITE,
    departs_from=DEPARTURE,
)
ELAPSED = record("as from to count ended_by cite basis note", block=True, cite=CITE)
COUNT = record("as sum during where by at_least cite basis note", block=True, at_least=INT, cite=CITE)
INDICATOR = record(
    "id of_duties part whole total average_days wanted cite basis note",
    block=True,
    part=record("count"),
    whole=record("count"),
    total=record("count"),
    average_days=record("of from to"),
    cite=CITE,
)
INDEX = record(
    "id parts cite basis note", block=True, parts=listed(record("indicator weight"), block=True), cite=CITE
)
CHAIN_FACT = record("kind of_event of_overdue matter_field silent elapsed")
CONCLUSION = Shape({"kind": TEXT}, each=ANY_VALUE)
CHAIN = record(
    "id title priority when then papers cite basis note",
    block=True,
    papers=PAPERS,
    priority=INT,
    when=Shape(block=True),
    then=record("finding fact", finding=CONCLUSION, fact=CONCLUSION),
    cite=CITE,
)


def ruleset_shape(tree: Tree, vocabulary: Vocabulary) -> Shape:
    """The places of a ruleset; the types of outputs and parameters come from the file itself."""
    tables, parameters = _slots(tree, "tables"), _slots(tree, "parameters")
    outputs = {_text(table, "id"): _outputs(table) for table in tables.values()}
    return record(
        "ruleset title subject layer pack jurisdiction source in_force_from in_force_to note inputs"
        " parameters elapsed counts tables duties chain_facts chains indicators indexes examples",
        block=True,
        in_force_from=DAY,
        in_force_to=DAY,
        parameters=Shape(
            {name: _parameter(entry) for name, entry in parameters.items()}, block=True, section=True
        ),
        elapsed=section(ELAPSED),
        counts=section(COUNT),
        tables=Shape(
            columns=tuple(_table(_outputs(table)) for table in tables.values()),
            block=True,
            apart=True,
            section=True,
        ),
        duties=section(DUTY, apart=True),
        chain_facts=section(CHAIN_FACT),
        chains=section(CHAIN, apart=True),
        indicators=section(INDICATOR),
        indexes=section(INDEX),
        examples=section(_example(vocabulary, outputs)),
    )


def _table(outputs: Mapping[str, Shape]) -> Shape:
    row = {**ROW.entries, "then": Shape(columns=tuple(outputs.values()))}
    out = {
        name: record("type label order", order=listed(Shape(plain=shape.plain)))
        for name, shape in outputs.items()
    }
    return record(
        "id title each hit aggregate complete in out rows",
        block=True,
        complete=BOOL,
        out=Shape(out),
        rows=listed(Shape(row, fixed=True), block=True),
    )


def _parameter(entry: Tree) -> Shape:
    value = Shape(plain=_plain(_text(entry, "type")))
    return record(
        "label type value values cite basis note",
        block=True,
        value=value,
        values=listed(Shape({"from": DAY, "value": value}, fixed=True)),
        cite=CITE,
    )


def _outputs(table: Tree) -> dict[str, Shape]:
    return {name: Shape(plain=_plain(_text(entry, "type"))) for name, entry in _slots(table, "out").items()}


def _plain(type_: str) -> frozenset[str]:
    return next((plain for kind, plain in PLAIN.items() if kind.value == type_), frozenset())


def _example(vocabulary: Vocabulary, outputs: Mapping[str, Mapping[str, Shape]]) -> Shape:
    facts = _typed({name: fact.type for name, fact in vocabulary.facts.items()})
    attributes = _typed(
        {name: it.type for event in vocabulary.events.values() for name, it in event.attributes.items()}
    )
    related = _typed(
        {name: type_ for kind in vocabulary.kinds.values() for name, type_ in kind.fields.items()}
    )
    event = Shape(
        {"type": TEXT, "at": DAY, "ended_at": DAY, "request_id": TEXT, "recipient_key": TEXT}
        | {"official_role": TEXT, "official_key": TEXT}
        | {"event_id": TEXT, "attributes": attributes},
        fixed=True,
    )
    case = {
        "facts": facts,
        "unknown_facts": TEXT,
        "requests": listed(record("request_id facts", facts=facts)),
        "events": listed(event),
        "related_facts": listed(related),
    }
    expect = record(
        "elapsed tables duties papers candidates candidate_papers findings indicators indexes groups",
        block=True,
        elapsed=Shape(each=INT),
        groups=Shape(each=Shape(each=INT)),
        tables=Shape(
            {
                name: Shape(columns_of, each=Shape(columns_of), plain=_count(columns_of))
                for name, columns_of in outputs.items()
            }
        ),
        duties=Shape(each=Shape(each=ANY_VALUE)),
    )
    return Shape(
        {"name": TEXT, "at": DAY, "as_of": DAY, "office": facts}
        | {"period": PERIOD, "earlier_period": PERIOD}
        | {"matters": listed(Shape(case, fixed=True))}
        | case
        | {"expect": expect},
        fixed=True,
        block=True,
    )


def _count(outputs: Mapping[str, Shape]) -> frozenset[str]:
    """What an aggregated table may be expected to give: a count, or a value of its output."""
    return PLAIN[Kind.INT].union(*(shape.plain for shape in outputs.values()))


def _typed(types: Mapping[str, ValueType]) -> Shape:
    return Shape({name: Shape(plain=PLAIN.get(type_.kind, NULL) | NULL) for name, type_ in types.items()})


def _slots(tree: Tree | None, key: str) -> dict[str, Tree]:
    """The slots below a key, by their own key or number."""
    below = tree.get(key) if isinstance(tree, Collection) else None
    if not isinstance(below, Collection):
        return {}
    return {slot.key or str(number): slot.node for number, slot in enumerate(below.slots)}


def _text(tree: Tree, key: str) -> str:
    below = tree.get(key) if isinstance(tree, Collection) else None
    return below.value if isinstance(below, Scalar) else ""
