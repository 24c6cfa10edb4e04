"""The guard: what rules and their vocabulary may never be about (domain: what the product must not do).

The reading of a ruleset refuses subjects that are not on the closed list and texts with banned words. Here
the same words are looked for in keys and in the vocabulary itself, and further

- the vocabulary's subjects are the three there are: a matter, an office, an affair;
- nothing that is named in the vocabulary or given by a ruleset grades, scores or tracks a person: grades
  are for offices only;
- a fact that is personal is no input: rules need no personal data; and one that plainly is, is marked so;
- that a petitioner repeats, skips a level, comes in a group, stays anonymous or comes with many never takes
  away a duty of an office, nor a notice, nor lengthens a statutory period; the form of a petition and its
  rating change no clock of articles 22, 23 and 34 to 36 (REG22). So no duty of the law or of a national
  norm may hang on them, by itself or through tables; only one that `tightens` a duty of a higher layer may
  (the scope of 简易办理), since where it does not apply the ordinary clocks do. Nor does a row of theirs
  withhold a paper from such a petitioner, or refuse one something.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from rules_service.analysis.places import Places, child, entries, items, walk
from rules_service.analysis.withheld import withheld
from rules_service.analysis.words import Wording
from rules_service.language import source
from rules_service.language.behind import facts_behind, inputs_of
from rules_service.language.findings import Code, Finding
from rules_service.language.model.duties import Duty
from rules_service.language.model.ruleset import Layer
from rules_service.language.model.subjects import Each, Subject
from rules_service.language.people import grades_person, grades_somebody, tells_who
from rules_service.language.source import Node, Text
from rules_service.language.types import Kind
from rules_service.language.vocabulary import NO_CONTROL, FactDef, Vocabulary

NEUTRAL = frozenset(
    {"repeat", "times_lodged", "skip_level", "visit_level", "collective", "anonymous", "joint_count"}
)
NEUTRAL_TO_CLOCKS = frozenset({"channel", "rating"})
CLOCK_ARTICLES = frozenset({"22", "23", "34", "35", "36"})
STATUTORY = frozenset({Layer.LAW, Layer.NATIONAL_NORM})

NOT_NAMED = frozenset({"purpose", "banned_words", "unit", "type", "papers", "decided_by"})
SAID = frozenset({"title", "label", "id", "then"})

NO_DATA = frozenset({Kind.BOOL, Kind.ENUM})
NO_PERSONAL_DATA = "规则不需要个人信息，请删去。"
COLOUR = re.compile("[红橙黄蓝绿黑]色")
OFFICES_ONLY = "等级、评分只能用于机关单位，请删去。"
ARTICLE = re.compile(r"[0-9]+")


def guard_vocabulary(places: Places, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What the vocabulary may not hold."""
    subjects = {subject.value for subject in Subject}
    for name, node in entries(child(places.node, "subjects")).items():
        if name not in subjects:
            yield places.find(
                Code.PERSON_AS_SUBJECT,
                node.line,
                "subjects",
                f"词汇表不能有对象“{name}”。",
                f"只能有：{'、'.join(sorted(subjects))}。规则约束机关，不评价、不管控任何人。",
            )
    for section, node in entries(places.node).items():
        if section == "banned_words":
            continue
        yield from guard_words(Places(places.file, node), vocabulary, section)
        named = (text for key, text in walk(node) if key not in NOT_NAMED)
        for text in (*named, *_keys(node)):
            yield from _graded(places, text, section, of_office=False)
    yield from _unmarked(places, vocabulary)


def guard_words(places: Places, vocabulary: Vocabulary, place: str = "") -> Iterator[Finding]:
    """Banned words in the texts and keys of any file: of a vocabulary, the sources, a calendar."""
    for text in (*source.walk(places.node), *_keys(places.node)):
        yield from _banned(places, vocabulary, text, place)


def _unmarked(places: Places, vocabulary: Vocabulary) -> Iterator[Finding]:
    """What tells who somebody is, and is not marked so."""
    facts, events, kinds = (entries(child(places.node, key)) for key in ("facts", "events", "kinds"))
    for name, fact in vocabulary.facts.items():
        if not fact.personal and _tells_who(fact):
            cure = '请删去；业务系统要用的，标明 personal: "true"，规则就不能问它。'
            yield _personal(places, facts[name], f"事实 {name}", fact.label.chinese, cure)
    for name, event in vocabulary.events.items():
        for attribute in event.attributes.values():
            if _tells_who(attribute):
                yield _personal(
                    places, events[name], f"事件 {name}", attribute.label.chinese, NO_PERSONAL_DATA
                )
    for name, kind in vocabulary.kinds.items():
        for key, type_ in kind.fields.items():
            if type_.kind not in NO_DATA and tells_who(key):
                yield _personal(places, kinds[name], f"事实类 {name}", key, NO_PERSONAL_DATA)


def _tells_who(fact: FactDef) -> bool:
    """Whether a fact holds personal data; a yes or no, a code and a number of something are none."""
    names = (fact.name, fact.label.chinese, fact.label.english)
    is_number = fact.counted or fact.unit
    return fact.type.kind not in NO_DATA and not is_number and tells_who(*names)


def _personal(places: Places, node: Node, place: str, label: str, cure: str) -> Finding:
    return places.find(Code.PERSONAL_INPUT, node.line, place, f"“{label}”是个人信息。", cure)


def guard_ruleset(places: Places, wording: Wording, of_office: bool) -> Iterator[Finding]:
    """What a ruleset may not say or ask; one of offices may say of them what nobody may say of people."""
    for text in _keys(places.node):
        yield from _banned(places, wording.vocabulary, text, "")
    yield from _personal_inputs(places, wording)
    for text in _said(places.node):
        yield from _graded(places, text, "", of_office=of_office)
    yield from _coloured(places, wording, of_office=of_office)
    for duty in wording.ruleset.duties:
        if duty.owed_by_petitioner and duty.finding:
            yield places.find(
                Code.PETITIONER_ACCUSED,
                places.duty_key(duty.id, "finding"),
                f"时限 {duty.id}",
                "信访人的期限写了违规情形。",
                "请删去 finding：期限过了不是信访人违规，只有机关会违规。",
            )
    if wording.ruleset.layer in STATUTORY:
        yield from withheld(places, wording, NEUTRAL)
        for duty in wording.ruleset.duties:
            if not duty.tightens:
                yield from _interference(duty, places, wording)
        yield from _differing_papers(places, wording)


def _said(node: Node) -> Iterator[Text]:
    """What a ruleset gives names to, and what its rows answer; its examples only say it again."""
    yield from (text for key, text in walk(node) if key in SAID)
    for key, inner in entries(node).items():
        if key != "examples":
            yield from _keys(inner)


def _graded(places: Places, text: Text, place: str, *, of_office: bool) -> Iterator[Finding]:
    if grades_person(text.value) or (not of_office and grades_somebody(text.value)):
        message = f"“{text.value}”是对人的评价或跟踪。"
        yield places.find(Code.PERSON_GRADED, text.line, place, message, OFFICES_ONLY)


def _coloured(places: Places, wording: Wording, *, of_office: bool) -> Iterator[Finding]:
    """Colours given to a matter: it is somebody's, and a red one is a grade of whoever brought it."""
    for table in wording.ruleset.tables:
        for output in table.outputs:
            codes = wording.vocabulary.codes.get(output.type.enum, {})
            is_colour = any(COLOUR.search(label.chinese) for label in codes.values())
            if is_colour and not (of_office and table.each is Each.OFFICE):
                yield places.find(
                    Code.PERSON_GRADED,
                    places.table(table.id),
                    f"表 {table.id}",
                    f"输出“{output.name}”给事项定颜色。",
                    "颜色等级只能用于机关：请写 subject: office、each: office，或改用别的代码。",
                )


def _banned(places: Places, vocabulary: Vocabulary, text: Text, place: str) -> Iterator[Finding]:
    for word in vocabulary.banned_in(text.value):
        yield places.find(Code.BANNED_WORD, text.line, place, f"出现了“{word}”。", NO_CONTROL)


def _keys(node: Node) -> Iterator[Text]:
    """Every key below a node, as if it were a text of its own."""
    for key, inner in entries(node).items():
        yield Text(key, inner.line)
        yield from _keys(inner)
    for item in items(node):
        yield from _keys(item)


def _personal_inputs(places: Places, wording: Wording) -> Iterator[Finding]:
    for name in wording.ruleset.inputs:
        fact = wording.vocabulary.facts[name]
        if fact.personal:
            yield places.find(
                Code.PERSONAL_INPUT,
                places.input(name),
                "inputs",
                f"“{fact.label.chinese}”是个人信息，不能作规则的输入。",
                "规则不需要个人信息。请删去，或改问与人无关的事实。",
            )


def _interference(duty: Duty, places: Places, wording: Wording) -> Iterator[Finding]:
    neutral = NEUTRAL
    if any(
        citation.source == "REG22" and _article(citation.article) in CLOCK_ARTICLES
        for citation in duty.citations
    ):
        neutral |= NEUTRAL_TO_CLOCKS
    for key, names in _hangs_on(duty):
        for words in _neutral_behind(names, neutral, wording):
            yield places.find(
                Code.INTERFERENCE,
                places.duty_key(duty.id, key),
                f"时限 {duty.id}",
                f"法定职责不得取决于{words}。",
                "重复、越级、集体、匿名和人数都不减少机关的职责和告知，也不延长期限。请去掉这个条件。",
            )


def _differing_papers(places: Places, wording: Wording) -> Iterator[Finding]:
    """Papers of chains that hang on what must not count."""
    for number, chain in enumerate(wording.ruleset.chains):
        names = {name for paper in chain.papers for name in inputs_of(paper.when)}
        for words in _neutral_behind(names, NEUTRAL, wording):
            yield places.find(
                Code.INTERFERENCE,
                places.item("chains", number),
                f"链 {chain.rule.id}",
                f"文书不得因{words}而不同。",
                "重复、越级、集体、匿名和人数都不减少告知。请去掉这个条件。",
            )


def _neutral_behind(names: AbstractSet[str], neutral: AbstractSet[str], wording: Wording) -> Iterator[str]:
    """What must not count behind some names, in words, and through which name."""
    for name in sorted(names):
        for fact in sorted(facts_behind(name, wording.ruleset) & neutral):
            yield f"“{wording.label(fact)}”{_through(name, fact, wording)}"


def _article(text: str) -> str:
    found = ARTICLE.match(text)
    return found[0] if found else ""


def _hangs_on(duty: Duty) -> Iterator[tuple[str, AbstractSet[str]]]:
    """What decides whether, how long and with what notice a duty is owed, by the key that says so."""
    yield "when", inputs_of(duty.when)
    yield "unless", {name for exemption in duty.unless for name in inputs_of(exemption.conditions)}
    amounts = [period.amount for period in (duty.period, duty.period.presumed) if period and period.amount]
    yield "due", {amount.name for amount in amounts if amount.name}
    if duty.extension and duty.extension.at_most:
        yield "extended_by", {duty.extension.at_most.name} - {""}
    yield "papers", {name for paper in duty.papers for name in inputs_of(paper.when)}
    yield "finding", {name for paper in duty.finding_papers for name in inputs_of(paper.when)}


def _through(name: str, fact: str, wording: Wording) -> str:
    return "" if name == fact else f"（经由“{wording.label(name)}”）"
