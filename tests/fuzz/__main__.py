"""Fuzzes for as long as you like: `python -m tests.fuzz rulesets --seconds 3600 --seed 1`.

`questions`, `bytes` and `interrupted` go the same way.

`chains --asserts 10000000 --processes 100 --seconds 2100` runs the chaining driver beside its plain twin in
processes of their own, each with another seed and with memory that is filled before use.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fuzz import running
from tests.fuzz.interrupting import ask_interrupted

GRACE_SECONDS = 60
COUNTED = ("processes", "failed", "programs", "requests", "runs", "asserts", "joins fired")


def by_time(kind: str, seconds: float, seed: int) -> int:
    """Spoils and asks until the time is up; the seed of a case that fails is told."""
    began, count = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() - began < seconds:
            case = seed * 1_000_000_007 + count
            try:
                if kind == "rulesets":
                    running.spoilt_ruleset(random.Random(case), Path(folder))
                elif kind == "bytes":
                    running.ask_by_bytes(running.spoilt_bytes(random.Random(case)))
                elif kind == "interrupted":
                    ask_interrupted(random.Random(case))
                else:
                    running.ask(running.spoilt_question(random.Random(case)))
            except Exception:
                print(f"case {case} failed", flush=True)
                raise
            count += 1
    print(f"{count} cases, none failed")
    return 0


def chains(asserts: int, processes: int, seed: int, seconds: float) -> int:
    """Shares the asserts out to as many processes, one a core at a time, until the time is up.

    A crash, a hang or a difference is a failure; what the others did is added up.
    """
    ends = time.monotonic() + seconds
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = list(
            pool.map(lambda own: _process(-(-asserts // processes), own, ends), range(seed, seed + processes))
        )
    done = Counter[str]()
    for one in told:
        done.update(one)
    print(", ".join(f"{done[name]:,} {name}" for name in COUNTED))
    return int(done["failed"] > 0)


def _process(asserts: int, seed: int, ends: float) -> Mapping[str, int]:
    """What one process did; nothing where the time was up before it could begin."""
    seconds = ends - time.monotonic()
    if seconds <= 0:
        return {}
    command = [sys.executable, "-m", "tests.fuzz.chaining", str(asserts), str(seed), str(seconds)]
    environment = os.environ | {"MALLOC_PERTURB_": str(seed % 255 + 1)}
    try:
        ended = subprocess.run(
            command, env=environment, stdout=subprocess.PIPE, timeout=seconds + GRACE_SECONDS, check=True
        )
    except subprocess.SubprocessError as failed:
        print(f"seed {seed}: {failed}", file=sys.stderr, flush=True)
        return {"processes": 1, "failed": 1}
    return {"processes": 1, **json.loads(ended.stdout)}


def main() -> int:
    """Reads what to fuzz and for how long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=("rulesets", "questions", "bytes", "interrupted", "chains"))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--asserts", type=int, default=10_000_000)
    parser.add_argument("--processes", type=int, default=100)
    told = parser.parse_args()
    if told.kind == "chains":
        return chains(told.asserts, told.processes, told.seed, told.seconds)
    return by_time(told.kind, told.seconds, told.seed)


if __name__ == "__main__":
    sys.exit(main())
