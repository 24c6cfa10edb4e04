"""Refusing many wrong items takes no more than answering them would, and says enough to mend them."""

from collections.abc import Iterable

import pytest

from huiyin.rules.v1 import common_pb2
from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.commands.evaluation import batch_evaluate_raw
from rules_service.commands.refusals import MOST_OF_A_BATCH
from rules_service.commands.straight import StraightAnswers
from rules_service.engine import suggesting
from rules_service.engine.fact_reader import LISTED, MOST_PROBLEMS
from rules_service.engine.suggesting import MOST_WORKED_OUT
from service_kit.problems import RefusedError
from tests.rules_service.commands.asking import NOW, assess, context, event, matter, shipped

ASKED = context(at="2024-06-01")
WRONG = MOST_PROBLEMS - 1


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words for which a suggestion has been worked out."""
    words: list[str] = []
    closest = suggesting.closest

    def work(word: str, known: Iterable[str]) -> str:
        words.append(word)
        return closest(word, known)

    monkeypatch.setattr(suggesting, "closest", work)
    return words


def misspelt(number: int, item: object = "") -> common_pb2.Matter:
    return matter({f"channe{n}l{item}": 1 for n in range(number)}, matter_id=f"m{item}")


def refused(*matters: common_pb2.Matter) -> list[list[common_pb2.Problem]]:
    request = pb.BatchAssessRequest(context=ASKED, matters=matters)
    return [list(item.problems) for item in commands.batch_assess(shipped(), request, NOW).items]


def test_the_same_slip_in_many_items_is_looked_up_once(worked_out: list[str]) -> None:
    items = refused(*[matter('{"chanel": 1}')] * 50)
    assert {problem.cure for problems in items for problem in problems} == {"是不是“channel”？"}
    assert worked_out == ["chanel"]


def test_of_different_slips_so_many_are_looked_up_in_one_call(worked_out: list[str]) -> None:
    cures = [
        problem.cure for problems in refused(*[misspelt(50, n) for n in range(8)]) for problem in problems
    ]
    assert len(worked_out) == MOST_WORKED_OUT
    assert "channel" in cures[0]
    assert set(cures[MOST_WORKED_OUT:]) == {LISTED}


def test_a_question_alone_has_a_suggestion_for_each_of_its_problems(worked_out: list[str]) -> None:
    with pytest.raises(RefusedError) as error:
        assess(shipped(), misspelt(300), ASKED)
    assert len(error.value.problems) == MOST_PROBLEMS == len(worked_out)


def test_requests_that_there_are_not_count_too(worked_out: list[str]) -> None:
    """Whose requests are meant is another question in each item, so nothing is kept of it."""
    matters = [
        matter(events=[{"type": "received", "at": "2024-05-01", "request_id": f"q{n}"}], requests={"r1": {}})
        for n in range(MOST_WORKED_OUT + 10)
    ]
    assert all(len(problems) == 1 for problems in refused(*matters))
    assert len(worked_out) == MOST_WORKED_OUT


def test_of_very_many_wrong_items_the_later_tell_their_first_problem() -> None:
    items = refused(*[misspelt(WRONG, n) for n in range(20)])
    full = MOST_OF_A_BATCH // WRONG
    assert [len(problems) for problems in items[:full]] == [WRONG] * full
    assert len(items[full]) == MOST_OF_A_BATCH % WRONG
    assert [len(problems) for problems in items[full + 1 :]] == [1] * (20 - full - 1)
    assert items[-1][0].field.startswith("matters[19].")
    assert f"另有 {WRONG - 1} 处没有列出" in items[-1][0].message


def test_a_batch_from_its_bytes_tells_as_many() -> None:
    request = pb.BatchEvaluateRequest(
        ruleset="response-duty", context=ASKED, matters=[misspelt(WRONG, n) for n in range(20)]
    )
    from_bytes = batch_evaluate_raw(StraightAnswers(shipped()), request.SerializeToString(), lambda: NOW)
    by_message = commands.batch_evaluate(shipped(), request, NOW)
    assert pb.BatchEvaluateResponse.FromString(from_bytes) == by_message
    assert len(by_message.items[-1].problems) == 1


def test_events_with_broken_json_are_as_few_problems_as_others() -> None:
    about = matter()
    for number in range(300):
        about.events.append(event(number, {"type": "received", "at": "2024-05-01"}))
        about.events[-1].attributes_json = "{"
    with pytest.raises(RefusedError) as error:
        assess(shipped(), about, ASKED)
    assert len(error.value.problems) == MOST_PROBLEMS
