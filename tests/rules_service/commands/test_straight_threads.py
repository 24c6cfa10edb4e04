"""Threads that share what the short path keeps get the same answers, whenever one of them is let run."""

import contextlib
import gc
import random
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands.evaluation import evaluate_serialized
from rules_service.commands.straight import StraightAnswers
from rules_service.commands.writers import made_for, writer_for
from rules_service.engine.keeping import Kept
from rules_service.engine.outcome import TableOutcome
from tests.rules_service.commands.asking import NOW, context
from tests.rules_service.commands.plain_questions import (
    ROW,
    VOCABULARY,
    answered,
    careful,
    loaded,
    question,
    rulebook,
    straight,
)

PAIR = (("水", 4), ("供水", 9))


@contextlib.contextmanager
def collecting(heard: Callable[[str, object], None]) -> Iterator[None]:
    """The collector runs whenever an object is made that it looks after, and HEARD hears of it."""
    gc.collect()
    # What Python has in store is used up, so that what is made next is counted.
    held = [([], {}) for _ in range(300)]
    threshold = gc.get_threshold()
    gc.callbacks.append(heard)
    gc.set_threshold(1)
    try:
        yield
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(heard)
        del held


def test_threads_get_the_same_answers_while_what_is_kept_is_forgotten() -> None:
    """Numbers of values begin anew under the feet of those who hold some: they must notice."""
    raws = [question(random.Random(seed)) for seed in range(40)]
    expected = [careful(raw) for raw in raws]
    made = made_for(rulebook())
    done = threading.Event()

    def forget() -> None:
        chance = random.Random(1)
        while not done.is_set():
            chance.choice([made.facts, *made.beside.values()]).forget()
            done.wait(0.0005)

    def answer(turn: int) -> bool:
        """Whether it came from the bytes; some do not, as numbers were forgotten."""
        told = straight().evaluate(raws[turn % 40], lambda: NOW)
        assert told in (None, expected[turn % 40])
        return told is not None

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    forgetting = threading.Thread(target=forget)
    forgetting.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(answer, range(4000))) > 1000
    finally:
        done.set()
        forgetting.join()
        sys.setswitchinterval(interval)


def test_what_is_asked_while_the_reader_begins_anew_is_not_kept_under_wrong_numbers() -> None:
    """Making an object may set off the collector, that runs Python, and another thread goes on in there."""
    before, after = (
        question(random.Random(1), words=words, people=people, day=day)
        for words, people, day in (("水", 4, "2024-02-28"), ("供水", 9, "2024-03-01"))
    )
    reader = made_for(rulebook()).facts
    generation = reader.generation
    asked: list[object] = []

    def meanwhile(phase: str, _: object) -> None:
        if phase == "start" and reader.generation > generation and not asked:
            asked.append(answered(before, straight()))

    answered(before, straight())
    with collecting(meanwhile):
        reader.forget()
        gc.collect()
    assert asked == [careful(before)]
    assert answered(after, straight()) == careful(after)
    assert answered(before, straight()) == careful(before)


@pytest.mark.parametrize("turn", range(4))
def test_what_a_table_says_is_not_kept_for_values_that_have_its_numbers_by_then(
    turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keeping runs Python, and another thread that comes in there may make the reader begin anew."""
    before, after = (question(random.Random(1), words=words, people=people) for words, people in PAIR)
    keep = Kept.keep
    kept = 0

    def late(self: Kept[object, object], key: object, value: object) -> object:
        nonlocal kept
        kept += 1
        if kept == turn + 1:
            made_for(rulebook()).facts.forget()
            assert answered(after, straight()) == careful(after)
        return keep(self, key, value)

    # What there is for the question as such is kept already.
    answered(before, straight())
    made_for(rulebook()).facts.forget()
    monkeypatch.setattr(Kept, "keep", late)
    assert answered(before, straight()) == careful(before)
    assert kept > turn
    assert answered(after, straight()) == careful(after)


def test_two_threads_that_come_to_a_new_generation_at_once_do_not_mix_their_outputs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The one is stopped where it makes place for outputs, the other goes on and numbers some meanwhile."""
    outputs = [f"x{number}" for number in range(8)]
    told = ", ".join(f"{name}: {{type: string, label: 说}}" for name in outputs)
    table = f"""ruleset: outputs
title: 前后
subject: matter
layer: law
source: B
in_force_from: 2020-01-01
inputs: [people]
tables:
  - id: first
    title: 前
    hit: UNIQUE
    in: [people]
    out: {{{told}}}
    rows:
      - {{id: few, if: ["< 5"], then: [{", ".join(["少"] * 8)}], {ROW}}}
      - {{id: many, if: [">= 5"], then: [{", ".join(["多"] * 8)}], {ROW}}}
  - id: middle
    title: 中
    hit: FIRST
    in: [people]
    out: {{y: {{type: string, label: 说}}}}
    rows:
      - {{id: any, if: ["-"], then: [任], {ROW}}}
  - id: last
    title: 后
    hit: FIRST
    in: [{", ".join(f"first.{name}" for name in outputs)}]
    out: {{z: {{type: string, label: 说}}}}
    rows:
      - {{id: few, if: ['"少"', {", ".join(['"-"'] * 7)}], then: [小], {ROW}}}
      - {{id: many, if: ['"多"', {", ".join(['"-"'] * 7)}], then: [大], {ROW}}}
"""
    own = loaded(VOCABULARY, outputs=table)
    asked = context(at="2026-06-01", view=common_pb2.VIEW_REASONS)
    few, many = (
        pb.EvaluateRequest(
            ruleset="outputs", context=asked, matter=common_pb2.Matter(matter_id="m", facts_json=facts)
        ).SerializeToString()
        for facts in ('{"people":1}', '{"people":9}')
    )
    expected = {raw: evaluate_serialized(own, pb.EvaluateRequest.FromString(raw), NOW) for raw in (few, many)}
    reader, writer = made_for(own).facts, writer_for(own, common_pb2.VIEW_REASONS)
    decision = writer.decision

    def meet(collection: int) -> bool:
        """Whether there was such a collection for the other thread to begin in."""
        answers = StraightAnswers(own)
        answers.evaluate(few, lambda: NOW)
        reader.forget()
        inside, go_on = threading.Event(), threading.Event()
        got: list[bytes | None] = []
        other = threading.Thread(target=lambda: got.append(answers.evaluate(few, lambda: NOW)))
        seen = 0

        def waiting(table: TableOutcome) -> bytes:
            if threading.current_thread() is other and table.table.id == "middle":
                inside.set()
                go_on.wait(5)
            return decision(table)

        def meanwhile(phase: str, _: object) -> None:
            nonlocal seen
            if phase == "start" and threading.current_thread() is threading.main_thread():
                seen += 1
                if seen == collection:
                    other.start()
                    inside.wait(0.2)

        monkeypatch.setattr(writer, "decision", waiting)
        with collecting(meanwhile):
            answer = answers.evaluate(many, lambda: NOW)
        go_on.set()
        assert answer in (None, expected[many])
        if seen < collection:
            return False
        other.join()
        assert got[0] in (None, expected[few])
        assert answers.evaluate(few, lambda: NOW) in (None, expected[few])
        return True

    met = [meet(collection) for collection in range(1, 10)]
    assert met[0]
