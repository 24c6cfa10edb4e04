from pathlib import Path

import pytest

from rules_service.analysis.periods import Length, ends_later
from rules_service.calendar import WorkingCalendar, load_calendar
from rules_service.engine.deadlines import Owed
from rules_service.language.model.periods import CountUnit

HOURS, DAYS, WORKING = CountUnit.CLOCK_HOURS, CountUnit.CALENDAR_DAYS, CountUnit.WORKING_DAYS


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    return load_calendar(Path(__file__).parents[3] / "rulesets" / "calendars" / "china.yaml")


@pytest.mark.parametrize(
    ("one", "other", "later"),
    [
        (Length(15, DAYS), Length(15, DAYS), False),
        (Length(16, DAYS), Length(15, DAYS), True),
        (Length(10, WORKING), Length(60, DAYS), False),
        (Length(10, WORKING), Length(15, DAYS), True),
        (Length(15, DAYS), Length(10, WORKING), True),
        (Length(5, DAYS), Length(5, WORKING), False),
        (Length(24, HOURS), Length(1, DAYS), False),
        (Length(25, HOURS), Length(1, DAYS), True),
        (Length(1, DAYS), Length(24, HOURS), True),
        (Length(8, HOURS), Length(24, HOURS), False),
    ],
    ids=str,
)
def test_units_are_compared_at_the_worst_case(one: Length, other: Length, later: bool, calendar) -> None:
    witness = ends_later(one, other, calendar, Owed.BY_OFFICE)
    assert (witness is not None) is later
    if witness:
        assert witness.later > witness.earlier


def test_the_witness_names_the_ends_of_both(calendar: WorkingCalendar) -> None:
    one, other = Length(25, HOURS), Length(1, DAYS)
    witness = ends_later(one, other, calendar, Owed.BY_OFFICE)
    assert witness
    assert witness.words(one, other) == (
        "自2026-01-01 23:59:59起，25 小时到2026-01-03 00:59:59，1 日到2026-01-02 23:59:59"
    )
