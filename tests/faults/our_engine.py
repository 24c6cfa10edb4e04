"""Child process: what `plain_engine` dies of, asked of this project's engine."""

import sys

from rules_service.engine.chaining import ChainEngine, compile_program
from rules_service.language.chain_rules import (
    ChainProgram,
    ChainRule,
    Fact,
    FactKind,
    FieldType,
    FindingConclusion,
    Join,
    Pattern,
)

FIELDS = {"p": FieldType.INT, "q": FieldType.INT}
PROGRAM = ChainProgram(
    (FactKind("a", FIELDS), FactKind("b", FIELDS)),
    (
        ChainRule(
            "r",
            (
                Pattern("a", "a"),
                Pattern("b", "b", joins=(Join("p", "=", "a", "p"), Join("q", "<", "a", "q"))),
            ),
            FindingConclusion("found", {}),
        ),
    ),
)


def main() -> None:
    engine = ChainEngine(compile_program(PROGRAM))
    firings = 0
    for _ in range(3000):
        # The last join is false: the plain condition reads on past its end.
        firings += len(engine.run([Fact("a", {"p": 1, "q": 1}), Fact("b", {"p": 1, "q": 2})]).firings)
        firings += len(engine.run([Fact("a", {"p": 1, "q": 2}), Fact("b", {"p": 1, "q": 1})]).firings)
    sys.stdout.write(f"{firings} firings\n")


if __name__ == "__main__":
    main()
