"""Generated chained rules and facts through the chaining driver, each answer beside the plain interpreter's.

`python -m tests.fuzz.chaining ASSERTS SEED SECONDS` is one process of `python -m tests.fuzz chains`: it ends
after so many facts asserted in the C engine, or when the time is up, and prints what it did as JSON.
"""

import json
import random
import sys
import time
from collections import Counter

import durable_rules_engine

from rules_service.engine.chaining import ChainEngine, compile_program, preflight
from rules_service.engine.chaining.compile import BOOT_FACT
from tests.rules_service.engine.chain_answers import MOST_FIRINGS, compare
from tests.rules_service.engine.chain_programs import facts, program

REQUESTS = 10
RUNS = 3
MOST_FACTS = 7


def fuzz(asserts: int, seed: int, seconds: float) -> Counter[str]:
    """What was done: programs, requests, asserts, joins fired; AssertionError at the first difference."""
    done = Counter[str]()
    assert_fact = durable_rules_engine.assert_fact

    def counting(handle: int, fact: str) -> tuple[int, int]:
        done["asserts"] += fact != BOOT_FACT
        return assert_fact(handle, fact)  # type: ignore[no-any-return]

    durable_rules_engine.assert_fact = counting
    began, number = time.monotonic(), 0
    try:
        while done["asserts"] < asserts and time.monotonic() - began < seconds:
            case, number = f"{seed}.{number}", number + 1
            try:
                done += one_program(random.Random(case))
            except Exception:
                print(f"case {case} failed", file=sys.stderr, flush=True)
                raise
    finally:
        durable_rules_engine.assert_fact = assert_fact
    return done


def one_program(chance: random.Random) -> Counter[str]:
    """Some requests to one generated program, each several times with its facts in another order."""
    made = program(chance)
    if preflight(made):
        return Counter()
    engine = ChainEngine(compile_program(made), firing_limit=MOST_FIRINGS)
    try:
        joins = sum(
            compare(made, engine, facts(chance, made.kinds, MOST_FACTS), chance, RUNS)
            for _ in range(REQUESTS)
        )
    finally:
        engine.close()
    return Counter({"programs": 1, "requests": REQUESTS, "runs": REQUESTS * RUNS, "joins fired": joins})


if __name__ == "__main__":
    print(json.dumps(fuzz(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
