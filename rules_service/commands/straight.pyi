from collections.abc import Callable
from datetime import datetime

from rules_service.engine.rulebook import Rulebook

class StraightAnswers:
    def __init__(self, rulebook: Rulebook) -> None: ...
    @property
    def rulebook(self) -> Rulebook: ...
    def evaluate(self, raw: bytes, clock: Callable[[], datetime]) -> bytes | None: ...
    def items(
        self,
        raw: bytes,
        clock: Callable[[], datetime],
        most: int,
        careful: Callable[[bytes, int], bytes],
        look: Callable[[], None],
    ) -> bytes | None: ...
