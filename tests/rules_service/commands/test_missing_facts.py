"""What would decide more is asked by those rules only that speak."""

from datetime import date

from rules_service.language.model.subjects import Subject
from tests.rules_service.commands.asking import PLACE, assess, context, matter, shipped


def test_rules_that_do_not_speak_ask_for_nothing() -> None:
    """In 2024 the old regulation is over, and packs adopted in 2026 still sleep."""
    about = matter({"channel": "letter", "category": "appeal"}, [{"type": "received", "at": "2024-03-01"}])
    answer = assess(shipped(), about, context(at="2024-03-05"))
    asking = {place.split("/")[0] for fact in answer.missing_facts for place in fact.would_decide}
    speaking = {
        name
        for name, slices in shipped().rulesets.items()
        for part in slices
        if part.ruleset.subject is Subject.MATTER
        and part.ruleset.in_force_on(date(2024, 3, 5))
        and shipped().awake(part.ruleset, PLACE, date(2024, 3, 5))
    }
    assert asking
    assert asking <= speaking
