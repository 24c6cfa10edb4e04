from collections.abc import Mapping

from rules_service.commands.writing import AnswerWriter
from rules_service.engine.compiled import Compiled
from rules_service.engine.told import Reader

class PlainAnswers:
    def __init__(
        self, compiled: Compiled, writer: AnswerWriter, reader: Reader, beside: Mapping[str, Reader]
    ) -> None: ...
