"""Refusals that rules add or make: refusing a petitioner something is for a named official to decide.

A candidate refuses where the vocabulary says so, and in a row that lists under it a paper that refuses. A
lower layer raises none.

A paper that refuses and is called for by itself refuses without anybody, and so does a duty that nothing but
a refusal can meet. These stand in no layer unless an official has decided, that is in a duty whose clock
starts with an event that says so: what a table answers is nobody's decision.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rules_service.analysis.layers import MAY_DEPART
from rules_service.analysis.places import Places
from rules_service.analysis.words import Wording, row_place
from rules_service.language.findings import Code, Finding
from rules_service.language.model.duties import Duty
from rules_service.language.model.papers import PaperRule
from rules_service.language.model.references import RefKind
from rules_service.language.model.ruleset import Layer
from rules_service.language.model.tables import Row
from rules_service.language.vocabulary import Vocabulary

# What is refused, in words, and whether by the rule itself.
Refused = Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a ruleset that refuses, and where it stands."""

    line: int
    place: str
    refused: Refused
    departs: bool = False


def check_refusals(places: Places, wording: Wording) -> Iterator[Finding]:
    """What a ruleset refuses that its layer may not, or that no official has decided."""
    layer = wording.ruleset.layer
    for part in _parts(places, wording):
        allowed = layer is Layer.LAW or (part.departs and layer in MAY_DEPART)
        for what, by_rule in part.refused.items():
            if not allowed:
                yield _added(what, part, layer, places)
            elif by_rule:
                message = f"规则自己就要求“{what}”，没有人决定过。"
                cure = "请写成候选，文书写在候选下面；已经有人决定的，从记明决定的事件起算。"
                yield places.find(Code.REFUSED_BY_RULE, part.line, part.place, message, cure)


def refused_by_row(row: Row, vocabulary: Vocabulary) -> Refused:
    """What a row refuses."""
    candidates = [it for name in row.candidates if (it := vocabulary.candidates.get(name))]
    refused = {it.label.chinese: False for it in candidates if it.refuses}
    return _with_papers(refused, row.papers, vocabulary)


def _with_papers(known: Refused, papers: Iterable[PaperRule], vocabulary: Vocabulary) -> Refused:
    refused = dict(known)
    for paper in papers:
        for what in _refused_by(paper, vocabulary):
            refused[what] = refused.get(what, False) or not paper.candidate
    return refused


def _refused_by(paper: PaperRule, vocabulary: Vocabulary) -> list[str]:
    """What a paper refuses, by its code or in a variant that is called like what refuses."""
    refusing = [it for it in vocabulary.candidates.values() if it.refuses]
    found = [it.label.chinese for it in refusing if it.name == paper.variant]
    if paper.paper in vocabulary.refusing_papers:
        listed = [it.label.chinese for it in refusing if paper.paper in it.papers]
        found += listed or [vocabulary.label("paper", paper.paper)]
    return found


def _refused_by_duty(duty: Duty, vocabulary: Vocabulary) -> Refused:
    if _decided(duty, vocabulary):
        return {}
    met = [vocabulary.events[name] for name in duty.met_by]
    no = [it for it in met if it.refuses]
    only = no if not duty.met_by_any or len(no) == len(met) else []
    known = {it.label.chinese: True for it in only}
    return _with_papers(known, (*duty.papers, *duty.finding_papers), vocabulary)


def _decided(duty: Duty, vocabulary: Vocabulary) -> bool:
    """Whether a duty's clock starts only once an official has decided to refuse."""
    start = duty.period.start
    by_event = start.kind in {RefKind.EVENT_AT, RefKind.EVENT_ATTRIBUTE}
    return by_event and vocabulary.events[start.name].refuses and duty.period.presumed is None


def _parts(places: Places, wording: Wording) -> Iterator[_Part]:
    ruleset, vocabulary = wording.ruleset, wording.vocabulary
    for table in ruleset.tables:
        for number, row in enumerate(table.rows):
            line, place = places.row(table.id, number), row_place(table, number)
            yield _Part(line, place, refused_by_row(row, vocabulary), row.departs_from is not None)
    for duty in ruleset.duties:
        refused = _refused_by_duty(duty, vocabulary)
        yield _Part(places.duty(duty.id), f"时限 {duty.id}", refused, duty.departs_from is not None)
    for number, chain in enumerate(ruleset.chains):
        line = places.item("chains", number)
        yield _Part(line, f"链 {chain.rule.id}", _with_papers({}, chain.papers, vocabulary))


def _added(what: str, part: _Part, layer: Layer, places: Places) -> Finding:
    cure = "拒绝的情形只有上位规定可以写，请删去；部门和省级规范依法另行规定的，写 departs_from。"
    if layer is Layer.LOCAL:
        cure = "地方办法不得提出拒绝信访人的候选，请删去。"
    return places.find(Code.REFUSAL_ADDED, part.line, part.place, f"下位规定增加了“{what}”的情形。", cure)
