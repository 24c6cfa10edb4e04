"""What a lower layer may not do: law > national norm > sector and province, which are siblings > local.

A lower layer may add a duty of an office, shorten an office's period, add a notice or a trigger of
supervision, or lengthen a petitioner's window. So, of a ruleset below the law:

- a duty that says `tightens: ruleset/duty` names one of a strictly higher layer, owed by the same, of the
  same concept, started and met by the same events, and ended by no others. An office's period never ends
  later than the one above it, a petitioner's never earlier, tried over all published calendar years; days
  of extension count too, and what stands still above may stand still below. A period that the duty above
  leaves without a number may be given one for an office, never for a petitioner. What claims to tighten
  and cannot be compared is an error;
- a duty with the start, the events, the concept and the obliged of a higher one that does not say
  `tightens` is asked to, and refused where it would be longer. One of the same concept and start that
  another owes, or other events meet or end, is refused: it would pass for the duty above. With another
  start it tightens nothing: it is a duty of its own beside the other;
- no duty is owed by a petitioner unless it tightens, that is lengthens, one from above;
- nothing refuses a petitioner something (`refusals`): whatever a row looks at, that is a ground for refusal
  more;
- a local ruleset is a pack, which binds nobody until an office adopts it;
- `departs_from` frees a row or a duty from all this, in the layers sector and province only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rules_service.analysis.periods import Length, ends_later
from rules_service.analysis.places import Places, entries
from rules_service.analysis.tightening import UNLIMITED, Stated, not_comparable, other_terms
from rules_service.analysis.words import row_place
from rules_service.calendar import WorkingCalendar
from rules_service.engine.deadlines import Owed
from rules_service.language.adoption import lies_in
from rules_service.language.findings import Code, Finding
from rules_service.language.model.duties import Duty
from rules_service.language.model.ruleset import Layer, Ruleset
from rules_service.language.spelling import closest
from rules_service.language.vocabulary import Vocabulary

# No grant is longer; further on, hardly a year is published.
MOST_TRIED = 366
MAY_DEPART = frozenset({Layer.SECTOR, Layer.PROVINCE})
ONLY_TIGHTER = "下位规定只能收紧机关的期限、放宽信访人的期限。"


@dataclass(frozen=True, slots=True)
class Others:
    """The rulesets that one is held against, and the texts of those files that were not read whole.

    Nobody knows what these will say; but names that a text does not hold it cannot define.
    """

    rulesets: Sequence[Ruleset]
    unread: Sequence[str] = ()
    unnamed: Sequence[str] = ()
    """Of the texts those of which not even the id is sure."""

    def may_say(self, name: str) -> bool:
        """Whether one of the files that were not read whole holds a name."""
        return any(name in text for text in self.unread)

    def may_define(self, duty: str) -> bool:
        """Whether one of them may hold a duty, `ruleset/duty`."""
        ruleset, _, own = duty.partition("/")
        unnamed = any(own in text for text in self.unnamed)
        return unnamed or any(ruleset in text and own in text for text in self.unread)


@dataclass(frozen=True, slots=True)
class LayerCheck:
    """One ruleset held against those of higher layers."""

    ruleset: Ruleset
    places: Places
    others: Others
    vocabulary: Vocabulary
    calendar: WorkingCalendar

    def run(self) -> Iterator[Finding]:
        """Everything that the ruleset may not do in its layer."""
        yield from self._departures()
        if self.ruleset.layer is Layer.LOCAL and "pack" not in entries(self.places.node):
            message = "地方办法没有写 pack，会在各地都生效。"
            cure = "请写 pack: 规则包，机关采用以后才生效。"
            yield self.places.find(Code.LOCAL_WITHOUT_PACK, self.places.at("layer"), "layer", message, cure)
        for duty in self.ruleset.duties:
            if duty.tightens:
                yield from self._tightens(duty)
            elif self.ruleset.layer is not Layer.LAW and not self._departs(duty):
                yield from self._stands_alone(duty)

    def _find(self, code: Code, duty: Duty, key: str, message: str, cure: str = "") -> Finding:
        line = self.places.duty_key(duty.id, key)
        return self.places.find(code, line, f"时限 {duty.id}", message, cure)

    def _departs(self, part: Duty) -> bool:
        return part.departs_from is not None and self.ruleset.layer in MAY_DEPART

    def _higher(self) -> Iterator[Ruleset]:
        """Rulesets of higher layers that are in force at some time when and somewhere where this one is."""
        for other in self.others.rulesets:
            above = other.layer.rank < self.ruleset.layer.rank
            if above and _overlap(other, self.ruleset) and _of_one_place(other, self.ruleset):
                yield other

    def _departures(self) -> Iterator[Finding]:
        if self.ruleset.layer in MAY_DEPART:
            return
        message = f"层级“{self.vocabulary.label('layer', self.ruleset.layer.value)}”不得写 departs_from。"
        cure = "只有部门规范和省级规范可以依法另行规定，请删去。"
        for table in self.ruleset.tables:
            for number, row in enumerate(table.rows):
                if row.departs_from:
                    line = self.places.row(table.id, number)
                    place = row_place(table, number)
                    yield self.places.find(Code.DEPARTURE_NOT_ALLOWED, line, place, message, cure)
        for duty in self.ruleset.duties:
            if duty.departs_from:
                yield self._find(Code.DEPARTURE_NOT_ALLOWED, duty, "departs_from", message, cure)

    def _tightens(self, duty: Duty) -> Iterator[Finding]:
        named = [
            Stated(ruleset, other)
            for ruleset in self.others.rulesets
            for other in ruleset.duties
            if f"{ruleset.id}/{other.id}" == duty.tightens
        ]
        if not named and not self.others.may_define(duty.tightens):
            known = [f"{it.id}/{d.id}" for it in self.others.rulesets for d in it.duties]
            yield self._find(
                Code.TIGHTENS_NOTHING,
                duty,
                "tightens",
                f"没有“{duty.tightens}”这个时限。",
                closest(duty.tightens, known) or "请写成 规则集/时限 的样子。",
            )
        if not named:
            return
        if named[0].ruleset.layer.rank >= self.ruleset.layer.rank:
            yield self._find(
                Code.TIGHTENS_NOT_ABOVE,
                duty,
                "tightens",
                f"“{duty.tightens}”不在更高的层级，不能说收紧它。",
                "收紧的应当是上位规定的时限；与它并列的请去掉 tightens。",
            )
            return
        for above in named:
            if not _overlap(above.ruleset, self.ruleset):
                continue
            if reason := not_comparable(self._of(duty), above, self.vocabulary):
                yield self._find(
                    Code.TIGHTENS_NOT_COMPARABLE,
                    duty,
                    "tightens",
                    f"说是收紧“{above.name}”，却无法比较：{reason}。",
                    "请改成一致；另起一项职责的请去掉 tightens。",
                )
            elif not self._departs(duty):
                if self._hangs_on_the_case(duty, above):
                    yield self._find(
                        Code.TIGHTENS_NOT_COMPARABLE,
                        duty,
                        "tightens",
                        f"说是收紧“{above.name}”，却无法比较：天数因情形而异，有长有短。",
                        "请分成几个时限，各写一个天数。",
                    )
                else:
                    yield from self._longer(duty, above)

    def _stands_alone(self, duty: Duty) -> Iterator[Finding]:
        if duty.owed_by_petitioner:
            yield self._find(
                Code.PETITIONER_BURDENED,
                duty,
                "owed_by",
                "下位规定给信访人设了期限。",
                "下位规定不得给信访人增加义务。放宽上位期限的，请写 tightens。",
            )
            return
        peers = [
            Stated(ruleset, other)
            for ruleset in self._higher()
            for other in ruleset.duties
            if duty.concept == other.concept and duty.period.start == other.period.start
        ]
        same = [above for above in peers if not other_terms(self._of(duty), above, self.vocabulary)]
        for above in [] if same or self.others.may_say(duty.concept) else peers:
            reason = other_terms(self._of(duty), above, self.vocabulary)
            yield self._find(
                Code.PASSES_FOR_ANOTHER,
                duty,
                "concept",
                f"与上位的“{above.name}”含义、起算一样，{reason}。",
                f"请改成一致并写 tightens: {above.name}；另起一项职责的请换一个 concept。",
            )
        for above in same:
            if not_comparable(self._of(duty), above, self.vocabulary) or self._hangs_on_the_case(duty, above):
                continue
            worse = list(self._longer(duty, above))
            yield from worse
            if not worse:
                yield self._find(
                    Code.TIGHTENS_NOT_SAID,
                    duty,
                    "due",
                    f"与上位的“{above.name}”含义、起算、履行都一样，却没有写 tightens。",
                    f"请写 tightens: {above.name}。",
                )

    def _of(self, duty: Duty) -> Stated:
        return Stated(self.ruleset, duty)

    def _longer(self, duty: Duty, above: Stated) -> Iterator[Finding]:
        """Where an office's period is longer than the one above, or a petitioner's shorter."""
        code = Code.WINDOW_SHORTENED if duty.owed_by_petitioner else Code.PERIOD_LENGTHENED
        verdict = "信访人的期限短于" if duty.owed_by_petitioner else "机关的期限长于"
        for words in self._excesses(duty, above):
            yield self._find(code, duty, "due", f"{verdict}上位的“{above.name}”：{words}。", ONLY_TIGHTER)

    def _hangs_on_the_case(self, duty: Duty, above: Stated) -> bool:
        """Whether periods that tables give may be longer in some cases and shorter in others."""
        longer, shorter = self._longer_first(duty, above)
        owed = _owed(duty)
        most, least = longer.longest(), shorter.shortest()
        fewest, greatest = longer.shortest(), shorter.longest()
        if not (most and least and fewest and greatest) or (most, least) == (fewest, greatest):
            return False
        if ends_later(most, least, self.calendar, owed) is None:
            return False
        return ends_later(fewest, greatest, self.calendar, owed) is None

    def _longer_first(self, duty: Duty, above: Stated) -> tuple[Stated, Stated]:
        """The two duties, first the one that must not be longer than the other."""
        return (above, self._of(duty)) if duty.owed_by_petitioner else (self._of(duty), above)

    def _excesses(self, duty: Duty, above: Stated) -> Iterator[str]:
        longer, shorter = self._longer_first(duty, above)
        long_, short = longer.longest(), shorter.shortest()
        extra, allowed = longer.most_extension(), shorter.least_extension()
        if duty.owed_by_petitioner and long_ is None and short is not None:
            yield "上位没有规定天数"
        told = ""
        if extra > allowed:
            limit = "不限天数" if extra == UNLIMITED else f" {extra} 日"
            told = f"可以延长{limit}，{'下位' if duty.owed_by_petitioner else '上位'}只有 {allowed} 日"
        if long_ and short:
            if found := self._ends_later(long_, extra, short, allowed, _owed(duty)):
                days, words = found
                yield f"{told}：{words}" if told and days else words
            elif told and extra == UNLIMITED:
                yield told
        elif told:
            yield told
        pauses = set(longer.duty.pauses) - set(shorter.duty.pauses)
        if pauses:
            names = "、".join(self.vocabulary.events[name].label.chinese for name in sorted(pauses))
            yield f"{names}期间不计入，{'下位' if duty.owed_by_petitioner else '上位'}没有这样规定"

    def _ends_later(
        self, long_: Length, extra: int, short: Length, allowed: int, owed: Owed
    ) -> tuple[int, str] | None:
        """Of how many days granted, and from when, the first period ends later; None where it never does.

        With each day granted the one counted in longer units gains, until a limit is reached: so no
        other number of days can be worse than none and the two limits.
        """
        for days in sorted({0, min(extra, MOST_TRIED), min(allowed, MOST_TRIED)}):
            one, other = long_.with_more(min(days, extra)), short.with_more(min(days, allowed))
            if witness := ends_later(one, other, self.calendar, owed):
                return days, f"{'' if not days else f'批准延长 {days} 日的，'}{witness.words(one, other)}"
        return None


def _owed(duty: Duty) -> Owed:
    return Owed.BY_PETITIONER if duty.owed_by_petitioner else Owed.BY_OFFICE


def _overlap(one: Ruleset, other: Ruleset) -> bool:
    later = max(one.in_force_from, other.in_force_from)
    return one.in_force_on(later) and other.in_force_on(later)


def _of_one_place(one: Ruleset, other: Ruleset) -> bool:
    """Whether the places that two rulesets were written for have one in common; no place is every place."""
    places = one.jurisdiction, other.jurisdiction
    return not all(places) or lies_in(*places) or lies_in(*reversed(places))
