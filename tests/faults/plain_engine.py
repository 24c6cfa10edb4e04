"""Child process: drives durable_rules in the plain way, and dies or hangs as the case named asks.

Each case is printed as begun, so that a death before it is not taken for its own.
"""

import json
import sys

import durable_rules_engine as engine


def too_many_constants(count: int) -> None:
    """One rule for each constant: the table of ways on from a condition fills up, its search never ends."""
    rules = {f"r{n}": {"all": [{"m": {"code": n}}]} for n in range(count)}
    handle = engine.create_ruleset("plain", json.dumps(rules))
    engine.assert_fact(handle, '{"sid":"0","id":"1","code":-1}')


def deleting_without_boot(_: int) -> None:
    """Deletes states in which no action was completed: their context was never initialised."""
    rule = {
        "r": {
            "all": [
                {"a": {"k": 1}},
                {"b": {"$and": [{"k": 2}, {"p": {"a": "p"}}, {"$lt": {"q": {"a": "q"}}}]}},
            ]
        }
    }
    handle = engine.create_ruleset("plain", json.dumps(rule))
    for number in range(3000):
        for kind in (1, 2):
            fact = {"sid": "0", "id": f"{number}.{kind}", "k": kind, "p": 1, "q": kind}
            engine.assert_fact(handle, json.dumps(fact))
        engine.delete_state(handle, "0")


if __name__ == "__main__":
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    {"constants": too_many_constants, "no_boot": deleting_without_boot}[sys.argv[1]](int(sys.argv[2]))
    sys.stdout.write("ended\n")
