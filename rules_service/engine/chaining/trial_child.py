"""The child of a trial: takes a program and facts from standard input, one a line, and ends well or not."""

import sys

import durable_rules_engine

SID = "0"


def main() -> None:
    """Makes the program, gives it each fact by itself and fires what there is to fire."""
    program, *facts = sys.stdin.read().split("\n")
    handle = durable_rules_engine.create_ruleset("trial", program)
    _run(handle, '{"sid":"0","id":"__boot","__boot":1}')
    for fact in facts:
        _run(handle, fact)


def _run(handle: int, fact: str) -> None:
    _, state = durable_rules_engine.assert_fact(handle, fact)
    if durable_rules_engine.start_action_for_state(handle, state):
        while durable_rules_engine.complete_and_start_action(handle, state):
            pass
    durable_rules_engine.delete_state(handle, SID)


if __name__ == "__main__":
    main()
