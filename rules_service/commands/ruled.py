"""Writes what the tables of one ruleset say of one request, put together once for each ruling."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rules_service.commands import wire
from rules_service.commands.static import DECISIONS, REQUEST_ID, TableText
from rules_service.engine.keeping import Kept
from rules_service.engine.outcome import TableOutcome
from rules_service.engine.ruling import Ruling

MOST_KEPT = 4096


@dataclass(frozen=True, slots=True)
class _Said:
    """The decisions of a ruling about no request, what stands around the request's id, what they rest on."""

    decisions: bytes
    around: tuple[tuple[bytes, bytes], ...]
    reliances: Mapping[bytes, None]


class RulingWriter:
    """Writes the rulings of one rulebook in one view."""

    def __init__(self, table: Callable[[TableOutcome], TableText], *, reasons: bool) -> None:
        """TABLE gives what is static in a table's decisions; without REASONS nothing is said to rest on."""
        self._table = table
        self._reasons = reasons
        self._known = Kept[Ruling, _Said](MOST_KEPT)

    def fields(self, ruling: Ruling, request_id: str) -> bytes:
        """The decisions about a request as fields of an answer, serialised."""
        said = self._said(ruling)
        if not request_id:
            return said.decisions
        request = wire.field(REQUEST_ID, request_id.encode())
        return b"".join([wire.field(DECISIONS, head + request + body) for head, body in said.around])

    def reliances(self, ruling: Ruling) -> Mapping[bytes, None]:
        """What the rows that were found rest on beside plain texts."""
        return self._said(ruling).reliances

    def _said(self, ruling: Ruling) -> _Said:
        said = self._known.get(ruling)
        if said is None:
            said = self._known.keep(ruling, self._say(ruling))
        return said

    def _say(self, ruling: Ruling) -> _Said:
        around = tuple((self._table(table).head, self._table(table).body(table)) for table in ruling.tables)
        reliances: dict[bytes, None] = {}
        for table in ruling.tables if self._reasons else ():
            reliances |= self._table(table).rests_on(table)
        return _Said(b"".join(wire.field(DECISIONS, head + body) for head, body in around), around, reliances)
