"""Refuses lengths that no period can have, wherever they came from."""

from rules_service.engine.wrong import Wrong
from rules_service.language.model.periods import Period, longest
from service_kit.problems import Problem, RefusedError


def check_length(amount: int, period: Period, title: str) -> None:
    """Raises RefusedError where an amount is no length of a period of the duty of that title."""
    name = period.amount.name if period.amount else ""
    _check(amount, period, name, f"“{title}”的期限取自“{name}”，它是 {amount}，不能作期限的长度。")


def check_lengthened(amount: int, period: Period, title: str, lengthened_by: str) -> None:
    """Raises RefusedError where a period is no longer one with the days of an event's attribute."""
    message = f"“{title}”按“{lengthened_by}”延长，一共 {amount} 日，不能作期限的长度。"
    _check(amount, period, lengthened_by, message)


def _check(amount: int, period: Period, place: str, message: str) -> None:
    most = longest(period.unit)
    if not 0 <= amount <= most:
        cure = f"应当在 0 到 {most} 之间。"
        raise RefusedError([Problem(Wrong.LENGTH_OUT_OF_RANGE.name, place, message, cure)])
