"""Which duty's due time a paper has that is called for under a meaning and not by the duty itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

from rules_service.engine.outcome import DutyOutcome, DutyState, PaperOutcome

Urgency = tuple[bool, bool, float, float, str]


@dataclass(frozen=True, slots=True)
class DutiesUnder:
    """The first duty of each meaning, request and layer; without a request, of all requests."""

    firsts: dict[tuple[str, str | None], dict[int, Urgency]]

    @classmethod
    def of(cls, duties: Sequence[DutyOutcome]) -> "DutiesUnder":
        """Looks at each duty once, whatever number of papers will ask."""
        firsts: dict[tuple[str, str | None], dict[int, Urgency]] = {}
        for duty in duties:
            if duty.state is DutyState.NOT_STARTED:
                continue
            urgency = (duty.met_at is not None, *tightness(duty))
            rank = duty.ruleset.layer.rank
            for request_id in (duty.request_id, None):
                ranks = firsts.setdefault((duty.duty.concept, request_id), {})
                ranks[rank] = min(urgency, ranks.get(rank, urgency))
        return cls(firsts)

    def id_for(self, paper: PaperOutcome) -> str:
        """The id of the duty whose due time is the paper's, empty where there is none.

        It is the tightest of the named meaning, one not yet met first, and none of a layer below the
        paper's, which could make it look issued.
        """
        if not paper.under:
            return ""
        requests: tuple[str | None, ...] = ("", paper.request_id) if paper.request_id else (None,)
        found = [
            urgency
            for request_id in requests
            for rank, urgency in self.firsts.get((paper.under, request_id), {}).items()
            if rank <= paper.ruleset.layer.rank
        ]
        return min(found)[-1] if found else ""


def tightness(duty: DutyOutcome) -> tuple[bool, float, float, str]:
    """What duties are put in order by: those with a clock first, and of these the earliest due."""
    started = duty.state is not DutyState.NOT_STARTED
    return (not started, *ends(duty), duty.id)


def ends(duty: DutyOutcome) -> tuple[float, float]:
    """The due time of a duty and, where two have the same, the latest lawful one; never without a number."""
    due, latest = (end.timestamp() if end else inf for end in (duty.due_at, duty.latest_lawful_at))
    return due, latest
