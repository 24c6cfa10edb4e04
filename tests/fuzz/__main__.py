"""Fuzzes for as long as you like: `python -m tests.fuzz rulesets|questions --seconds 3600 --seed 1`.

`chains --asserts 10000000 --processes 100` runs the chaining driver beside its plain twin in processes of
their own, each with another seed and with memory that is filled before use.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz import running

FACTS_AN_EXAMPLE = 20
TWIN = "tests/rules_service/engine/test_chaining_twin.py"


def by_time(kind: str, seconds: float, seed: int) -> int:
    """Spoils and asks until the time is up; the seed of a case that fails is told."""
    began, count = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() - began < seconds:
            case = seed * 1_000_000_007 + count
            try:
                if kind == "rulesets":
                    running.spoilt_ruleset(random.Random(case), Path(folder))
                else:
                    running.ask(running.spoilt_question(random.Random(case)))
            except Exception:
                print(f"case {case} failed", flush=True)
                raise
            count += 1
    print(f"{count} cases, none failed")
    return 0


def chains(asserts: int, processes: int, seed: int) -> int:
    """Runs the twin in as many processes, two at a time; a crash or a difference is a failure."""
    examples = max(1, asserts // (processes * FACTS_AN_EXAMPLE))
    waiting = [seed + number for number in range(processes)]
    running_now: dict[int, subprocess.Popen[bytes]] = {}
    failed = 0
    while waiting or running_now:
        while waiting and len(running_now) < (os.cpu_count() or 1):
            own = waiting.pop()
            environment = os.environ | {
                "HUIYIN_CHAIN_EXAMPLES": str(examples),
                "MALLOC_PERTURB_": str(own % 255 + 1),
            }
            command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TWIN]
            running_now[own] = subprocess.Popen([*command, f"--hypothesis-seed={own}"], env=environment)
        for own, process in list(running_now.items()):
            if process.poll() is not None:
                failed += process.returncode != 0
                del running_now[own]
        time.sleep(0.1)
    print(f"{processes} processes of {examples} examples, {failed} failed")
    return int(failed > 0)


def main() -> int:
    """Reads what to fuzz and for how long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("rulesets", "questions", "chains"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--asserts", type=int, default=10_000_000)
    parser.add_argument("--processes", type=int, default=100)
    told = parser.parse_args()
    if told.kind == "chains":
        return chains(told.asserts, told.processes, told.seed)
    return by_time(told.kind, told.seconds, told.seed)


if __name__ == "__main__":
    sys.exit(main())
