"""The child of a trial: takes a program and facts from standard input, one a line, and ends well or not."""

import sys

import durable_rules_engine

SID = "0"


def main() -> None:
    """Makes the program and fires what there is to fire, for the boot rule first and then for the facts."""
    program, *facts = sys.stdin.read().split("\n")
    handle = durable_rules_engine.create_ruleset("trial", program)
    for together in (['{"sid":"0","id":"__boot","__boot":1}'], facts):
        state = None
        for fact in together:
            _, state = durable_rules_engine.assert_fact(handle, fact)
        if state is not None and durable_rules_engine.start_action_for_state(handle, state):
            while durable_rules_engine.complete_and_start_action(handle, state):
                pass
        if state is not None:
            durable_rules_engine.delete_state(handle, SID)


if __name__ == "__main__":
    main()
