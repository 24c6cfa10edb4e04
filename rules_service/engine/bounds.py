"""Refuses lengths that no period can have, and more clocks than one answer may tell of."""

from dataclasses import dataclass

from rules_service.engine.wrong import Wrong
from rules_service.language.model.periods import Period, longest
from service_kit.problems import Problem, Refusal, RefusedError
from service_kit.serving.call import check_deadline

MOST_CLOCKS = 10_000
MOST_CLOCKS_OF_A_BATCH = 200_000
CLOCKS_A_LOOK = 200


@dataclass(slots=True)
class Clocks:
    """How many clocks one answer has looked at so far: each duty for each request and each of its starts."""

    number: int = 0
    looked_at: int = 0

    def take(self, more: int, subject_id: str) -> None:
        """Counts clocks before they are run.

        Raises RefusedError where there are more than one answer may tell of, and DeadlineError where nobody
        waits for it any longer.
        """
        self.number += more
        if self.number > MOST_CLOCKS:
            message = f"“{subject_id}”的诉求和起算事件太多，要算的期限超过 {MOST_CLOCKS} 个。"
            cure = "请核对事件是否重复；属于某项诉求的事件写上 request_id，诉求多的分几次提交。"
            raise _too_many("events", message, cure)
        if self.number - self.looked_at >= CLOCKS_A_LOOK:
            self.looked_at = self.number
            check_deadline()

    def check_batch(self, path: str) -> None:
        """Refuses another item where those before it have run as many clocks as a batch may."""
        if self.number > MOST_CLOCKS_OF_A_BATCH:
            message = f"这一批里前面的事项要算的期限已超过 {MOST_CLOCKS_OF_A_BATCH} 个，这一件没有再算。"
            raise _too_many(path, message, "请分批。")


def _too_many(place: str, message: str, cure: str) -> RefusedError:
    return RefusedError([Problem(Wrong.TOO_MANY_CLOCKS.name, place, message, cure)], Refusal.TOO_LARGE)


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
