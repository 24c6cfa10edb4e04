"""Whether this machine has what the rules service needs."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import date

from rules_service import commands
from rules_service.engine.rulebook import CALENDAR
from service_kit.checks import Check
from service_kit.problems import RefusedError

ENGINE_TRIAL = "import durable_rules_engine as e; e.delete_ruleset(e.create_ruleset('doctor', '{}'))"
TRIAL_SECONDS = 20


def report() -> list[Check]:
    """Looks at the chaining engine, the rulesets and the calendar."""
    return [*_engine(), *_rulesets()]


def _engine() -> Iterator[Check]:
    """The C engine is tried in a child process: what is wrong with it may end the process."""
    try:
        done = subprocess.run(  # noqa: S603  our own interpreter and text
            [sys.executable, "-c", ENGINE_TRIAL], capture_output=True, timeout=TRIAL_SECONDS, check=False
        )
        ok = done.returncode == 0
    except subprocess.TimeoutExpired:
        ok = False
    yield Check(
        "durable_rules",
        ok,
        "链式规则引擎可用" if ok else "链式规则引擎不能载入",
        "" if ok else "请用 Python 3.11 或 3.12 和 gcc 重新安装：make setup。",
    )


def _rulesets() -> Iterator[Check]:
    folder, adoptions = commands.places_told()
    try:
        rulebook = commands.load(folder, adoptions)
    except RefusedError as refused:
        yield Check(
            "rulesets",
            False,
            f"{folder} 里有 {len(refused.problems)} 处错误：{refused.problems[0]}",
            f"请运行 huiyin rules check {folder}。",
        )
        return
    packs = "、".join(sorted({adoption.pack for adoption in rulebook.adoptions})) or "无"
    yield Check("rulesets", True, f"{folder}：{len(rulebook.rulesets)} 个规则集，已采用的规则包：{packs}")
    year = date.today().year  # noqa: DTZ011  a year is all that is wanted
    published = rulebook.calendar.is_published(year)
    yield Check(
        "calendar",
        published,
        f"{folder / CALENDAR}：{'有' if published else '没有'} {year} 年的节假日安排",
        "" if published else "请更新日历数据；在此之前期限标为暂定。",
    )
