"""Matters and offices as they were sent: read from their messages, and not yet checked."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class RawEvent(NamedTuple):
    """An event as it was sent; `attributes` is what its JSON said."""

    id: str
    type: str
    at: datetime | None
    attributes: object = None
    recorded_at: datetime | None = None
    request_id: str = ""
    acting_office: str = ""
    official_role: str = ""
    official_key: str = ""
    recipient_key: str = ""
    paper_call_id: str = ""
    ended_at: datetime | None = None


class RawRequest(NamedTuple):
    """A request as it was sent."""

    id: str
    facts: object
    unknown: Sequence[str] = ()


class RawMatter(NamedTuple):
    """A matter as it was sent."""

    id: str
    facts: object
    unknown: Sequence[str] = ()
    requests: Sequence[RawRequest] = ()
    events: Sequence[RawEvent] = ()
    complete_until: datetime | None = None
    related: Sequence[tuple[str, object]] = ()


class RawOffice(NamedTuple):
    """An office as it was sent; a period is its first and its last day."""

    id: str
    facts: object
    period: tuple[str, str] | None
    unknown: Sequence[str] = ()
    earlier: tuple[str, str] | None = None
    events: Sequence[RawEvent] = ()
    complete_until: datetime | None = None
