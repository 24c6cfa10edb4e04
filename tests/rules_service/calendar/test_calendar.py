from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules_service.calendar import WorkingCalendar, load_calendar, read_calendar, write_calendar
from rules_service.calendar.pin import NAMES, packaged_calendar, pin
from service_kit.problems import RefusedError

PINNED = Path(__file__).parents[3] / "rulesets" / "calendars" / "china.yaml"
CALENDAR: WorkingCalendar = load_calendar(PINNED)
ENGLISH = {holiday.value: name for holiday, name in NAMES.items()}


def test_the_pinned_days_are_those_of_the_package_for_every_published_day() -> None:
    assert list(CALENDAR.years) == list(range(2004, 2027))
    day = date(2004, 1, 1)
    while day.year < 2027:
        off, name = chinese_calendar.get_holiday_detail(day)
        reason = (ENGLISH[name] if name else "周末") if off else None
        assert CALENDAR.is_working_day(day) is chinese_calendar.is_workday(day)
        assert CALENDAR.day_off_reason(day) == reason
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2024-02-09", None),
        ("2024-02-10", "春节"),
        ("2024-02-17", "春节"),
        ("2024-02-18", None),
        ("2024-09-29", None),
        ("2024-10-01", "国庆节"),
        ("2024-10-07", "国庆节"),
        ("2024-10-08", None),
        ("2024-10-12", None),
        ("2024-10-13", "周末"),
        ("2024-04-04", "清明节"),
        ("2024-06-10", "端午节"),
        ("2024-09-17", "中秋节"),
        ("2026-02-15", "春节"),
        ("2026-02-23", "春节"),
        ("2011-12-31", None),
        ("2015-09-03", "抗战胜利70周年纪念日"),
    ],
)
def test_days_checked_by_hand_against_the_notices(day: str, reason: str | None) -> None:
    assert CALENDAR.day_off_reason(date.fromisoformat(day)) == reason


def test_what_is_published_and_what_is_settled() -> None:
    assert CALENDAR.is_published(2004)
    assert CALENDAR.is_published(2026)
    assert not CALENDAR.is_published(2003)
    assert not CALENDAR.is_published(2027)
    assert CALENDAR.is_settled(date(2025, 12, 31))
    assert CALENDAR.is_settled(date(2026, 12, 24))
    assert not CALENDAR.is_settled(date(2026, 12, 25))
    assert not CALENDAR.is_settled(date(2003, 12, 31))


def test_no_notice_has_moved_a_day_that_counts_as_settled() -> None:
    moved = {
        day for year in packaged_calendar().years.values() for day in (*year.holidays, *year.makeup_workdays)
    }
    assert not [day for day in moved if (12, 1) <= (day.month, day.day) <= (12, 24)]


def test_a_year_without_a_notice_has_only_weekends_off() -> None:
    assert CALENDAR.day_off_reason(date(2027, 10, 1)) is None
    assert CALENDAR.day_off_reason(date(2027, 10, 2)) == "周末"


@given(st.dates(date(2002, 6, 1), date(2029, 1, 1)), st.integers(1, 800))
def test_the_nth_working_day_is_found_as_by_walking(day: date, number: int) -> None:
    walked, left = day, number
    off = []
    while left:
        walked += timedelta(days=1)
        if CALENDAR.is_working_day(walked):
            left -= 1
        else:
            off.append(walked)
    assert CALENDAR.working_day_after(day, number) == walked
    assert [skipped.day for skipped in CALENDAR.days_off(day + timedelta(days=1), walked)] == off
    assert CALENDAR.working_days(day + timedelta(days=1), walked) == number


def test_the_file_is_what_pinning_writes_and_reading_reads_back() -> None:
    assert PINNED.read_text(encoding="utf-8") == pin()
    written = write_calendar(CALENDAR, "标题", "来源")
    assert read_calendar(written, "x.yaml").revision == CALENDAR.revision


def test_the_revision_names_the_content_and_not_the_words_around_it() -> None:
    text = "title: {}\nsource: 通知\nyears:\n  2024:\n    holidays: {{元旦: [{}]}}\n    makeup_workdays: []\n"
    one = read_calendar(text.format("甲", "01-01"), "a.yaml").revision
    assert len(one) == 16
    assert read_calendar(text.format("乙", "01-01"), "b.yaml").revision == one
    assert read_calendar(text.format("甲", "01-02"), "a.yaml").revision != one


YEAR = "title: 甲\nsource: 乙\nyears:\n  2024:\n    holidays:\n{holidays}\n    makeup_workdays: [{makeups}]\n"


@pytest.mark.parametrize(
    ("holidays", "makeups", "message"),
    [
        ("      元旦: [1-1]", "", "不是日子"),
        ("      元旦: [02-30]", "", "不是日子"),
        ("      元旦: [10-07..10-01]", "", "末日在首日之前"),
        ("      元旦: [01-01]\n      春节: [01-01]", "", "已经列在元旦下"),
        ("      元旦: [01-01, 01-01]", "", "写了两次"),
        ("      元旦: [01-06]", "01-06", "已经列在元旦下"),
        ("      元旦: [01-01]", "01-02", "本来就上班"),
        ("      元旦: [01-01]", "01-06, 01-06", "写了两次"),
    ],
)
def test_a_wrong_day_is_refused_with_its_place(holidays: str, makeups: str, message: str) -> None:
    with pytest.raises(RefusedError) as refused:
        read_calendar(YEAR.format(holidays=holidays, makeups=makeups), "c.yaml")
    assert [problem for problem in refused.value.problems if message in problem.message]
    assert all("2024 年" in problem.place for problem in refused.value.problems)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: 甲\nsource: 乙\nyears: {}\n", "一年也没有"),
        ("title: 甲\nsource: 乙\nyears: {今年: {holidays: {}, makeup_workdays: []}}\n", "不是年份"),
        ("title: 甲\nyears: {2024: {holidays: {}, makeup_workdays: []}}\n", "缺少“source”"),
        (
            "title: 甲\nsource: 乙\nyears:\n  2024: {holidays: {}, makeup_workdays: []}\n"
            "  2026: {holidays: {}, makeup_workdays: []}\n",
            "前面不是它的上一年",
        ),
        ("{", "YAML"),
    ],
)
def test_a_wrong_file_is_refused(text: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        read_calendar(text, "c.yaml")
