"""What a caller meets: statuses, ids, tokens, limits; and what the log says of it."""

import hashlib
import json
import threading
from collections.abc import Iterator

import grpc
import pytest
from google.protobuf import any_pb2
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.rules.v1 import rules_service_pb2_grpc as pb_grpc
from service_kit.problems import Refusal
from tests.service_kit.conftest import evaluate, wait_until
from tests.service_kit.toy import SECRET

EVALUATE = "/huiyin.rules.v1.RulesService/Evaluate"
EVALUATE_TOKEN, RENDER_TOKEN = "evaluate-token", "render-token"


@pytest.fixture
def tokens_file(tmp_path):
    lines = [
        "# tokens of a test",
        f"{hashlib.sha256(EVALUATE_TOKEN.encode()).hexdigest()} evaluate,audit case-system",
        f"{hashlib.sha256(RENDER_TOKEN.encode()).hexdigest()} render printer",
    ]
    path = tmp_path / "tokens"
    path.write_text("\n".join(lines))
    return path


def bearer(token: str) -> list[tuple[str, str]]:
    return [("authorization", f"Bearer {token}")]


def failed(channel: grpc.Channel, ruleset: str, **call) -> grpc.RpcError:
    with pytest.raises(grpc.RpcError) as caught:
        evaluate(channel, ruleset, **call)
    return caught.value


def details(error: grpc.RpcError) -> dict[str, object]:
    status = rpc_status.from_call(error)
    assert status is not None
    return {kind: _unpack(kind, status.details) for kind in ("ErrorInfo", "BadRequest", "LocalizedMessage")}


def _unpack(kind: str, packed: list[any_pb2.Any]) -> object:
    message = getattr(error_details_pb2, kind)()
    return next((message for it in packed if it.Unpack(message)), None)


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (Refusal.INVALID, grpc.StatusCode.INVALID_ARGUMENT),
        (Refusal.NOT_FOUND, grpc.StatusCode.NOT_FOUND),
        (Refusal.NOT_ALLOWED, grpc.StatusCode.FAILED_PRECONDITION),
        (Refusal.TOO_LARGE, grpc.StatusCode.INVALID_ARGUMENT),
        (Refusal.CONFLICT, grpc.StatusCode.FAILED_PRECONDITION),
    ],
)
def test_a_refusal_tells_every_problem_with_place_and_cure(serve, refusal, code):
    error = failed(serve(), f"refuse:{refusal.name}")
    assert error.code() is code
    told = details(error)
    assert (told["ErrorInfo"].reason, told["ErrorInfo"].domain) == ("EVENT_UNKNOWN", "rules.huiyin")
    first, second = told["BadRequest"].field_violations
    assert (first.field, first.reason) == ("matter.facts_json.channel", "EVENT_UNKNOWN")
    assert first.description == "没有代码“xx”。请改用 ListCodes 里的代码。"
    assert (second.field, second.reason) == ("matter.events[2].at", "FIELD_MISSING")
    assert told["LocalizedMessage"].locale == "zh-CN"
    assert "没有代码“xx”" in told["LocalizedMessage"].message
    assert "没有写时间" in told["LocalizedMessage"].message


def test_problems_beyond_what_metadata_carries_are_counted(serve):
    error = failed(serve(), "flood:500")
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    told = details(error)
    shown = len(told["BadRequest"].field_violations)
    assert told["ErrorInfo"].metadata == {"problems": "500", "shown": str(shown)}
    assert 1 < shown < 500
    assert f"另有 {500 - shown} 处" in told["LocalizedMessage"].message


def test_an_internal_error_tells_an_id_and_nothing_else(serve, capfd):
    error = failed(serve(), "crash", metadata=[("x-request-id", "call-7")])
    assert error.code() is grpc.StatusCode.INTERNAL
    assert error.details() == "internal error; correlation id call-7"
    everything = str(error.debug_error_string()) + repr(error.trailing_metadata())
    assert "Traceback" not in everything
    assert "KeyError" not in everything
    assert SECRET not in everything
    assert "call-7" in details(error)["LocalizedMessage"].message


def test_the_log_has_the_trace_of_an_internal_error_but_no_contents(supervise):
    service = supervise(workers=1)
    with pytest.raises(grpc.RpcError):
        service.ask("crash")
    lines = [json.loads(line) for line in service.log.read_text().splitlines()]
    (trace,) = [line for line in lines if line["event"] == "internal error"]
    assert trace["error"] == ["builtins.KeyError"]
    assert any("toy.py" in frame for frame in trace["stack"])
    (call,) = [line for line in lines if line["event"] == "call"]
    assert (call["code"], call["request_id"]) == ("INTERNAL", trace["request_id"])
    assert call["method"] == EVALUATE
    assert SECRET not in service.log.read_text()


def test_a_handler_may_end_its_call_by_itself(serve):
    assert failed(serve(), "abort").code() is grpc.StatusCode.DATA_LOSS


def test_the_request_id_comes_back(serve):
    stub = pb_grpc.RulesServiceStub(serve())
    request = pb.EvaluateRequest(ruleset="caller")
    response, call = stub.Evaluate.with_call(request, metadata=[("x-request-id", "abc-1")])
    assert dict(call.trailing_metadata())["x-request-id"] == "abc-1"
    assert response.answer.decision_id == "local abc-1"


@pytest.mark.parametrize("unfit", ["", "a b", 'x","level":"', "x" * 200])
def test_an_unfit_request_id_is_replaced(serve, unfit):
    stub = pb_grpc.RulesServiceStub(serve())
    _, call = stub.Evaluate.with_call(pb.EvaluateRequest(), metadata=[("x-request-id", unfit)])
    assert len(dict(call.trailing_metadata())["x-request-id"]) == 16


def test_a_token_with_the_role_may_call(serve, tokens_file):
    response = evaluate(serve(tokens_file=tokens_file), "caller", metadata=bearer(EVALUATE_TOKEN))
    assert response.answer.decision_id.startswith("case-system ")


@pytest.mark.parametrize(
    ("metadata", "code", "reason"),
    [
        ([], grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"),
        (bearer("guess"), grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"),
        ([("authorization", EVALUATE_TOKEN)], grpc.StatusCode.UNAUTHENTICATED, "TOKEN_MISSING"),
        (bearer(RENDER_TOKEN), grpc.StatusCode.PERMISSION_DENIED, "ROLE_MISSING"),
    ],
)
def test_nobody_else_may_call(serve, tokens_file, metadata, code, reason):
    error = failed(serve(tokens_file=tokens_file), "caller", metadata=metadata)
    assert error.code() is code
    assert details(error)["ErrorInfo"].reason == reason


def test_a_method_without_a_role_asks_for_admin(serve, tokens_file):
    stub = pb_grpc.RulesServiceStub(serve(tokens_file=tokens_file))
    with pytest.raises(grpc.RpcError) as error:
        stub.ListCodes(pb.ListCodesRequest(), metadata=bearer(EVALUATE_TOKEN))
    assert error.value.code() is grpc.StatusCode.PERMISSION_DENIED
    assert "admin" in error.value.details()


def test_a_message_that_cannot_be_read_is_the_callers_error(serve):
    call = serve().unary_unary(EVALUATE)
    with pytest.raises(grpc.RpcError) as error:
        call(b"\xff\xff\xff")
    assert error.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert details(error.value)["ErrorInfo"].reason == "UNREADABLE"


def test_an_unknown_caller_has_nothing_read(serve, tokens_file):
    call = serve(tokens_file=tokens_file).unary_unary(EVALUATE)
    with pytest.raises(grpc.RpcError) as error:
        call(b"\xff\xff\xff")
    assert error.value.code() is grpc.StatusCode.UNAUTHENTICATED


def test_a_stream_is_read_and_limited(serve):
    stub = pb_grpc.RulesServiceStub(serve(max_stream_bytes=2048))
    message = pb.AssessOfficeRequest(matters=[{"matter_id": "m" * 100}] * 5)
    assert stub.AssessOffice(iter([message] * 3)).office_id == "15"
    with pytest.raises(grpc.RpcError) as error:
        stub.AssessOffice(iter([message] * 5))
    assert error.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert details(error.value)["ErrorInfo"].reason == "STREAM_TOO_LARGE"


SILENT_PART = pb.AssessOfficeRequest(matters=[{"matter_id": "m"}])


@pytest.fixture
def fall_silent():
    """Opens a stream whose caller sends so many messages and then nothing, until the test is over."""
    over = threading.Event()

    def messages(count: int) -> Iterator[pb.AssessOfficeRequest]:
        yield from [SILENT_PART] * count
        over.wait()

    yield lambda channel, count=0: pb_grpc.RulesServiceStub(channel).AssessOffice.future(messages(count))
    over.set()


@pytest.fixture
def ask_silently():
    """Begins a call of a method that takes one message, and sends none until the test is over."""
    over = threading.Event()

    def nothing() -> Iterator[bytes]:
        over.wait()
        yield from ()

    yield lambda channel, method=EVALUATE: channel.stream_unary(method).future(nothing())
    over.set()


def test_who_may_not_call_is_told_before_he_has_asked(serve, tokens_file, ask_silently):
    channel = serve(threads=1, silent_seconds=600, tokens_file=tokens_file)
    for call in [ask_silently(channel) for _ in range(3)]:
        assert call.exception(60).code() is grpc.StatusCode.UNAUTHENTICATED


def test_silent_health_checks_leave_the_questions_their_threads(serve, ask_silently):
    channel = serve(threads=1, silent_seconds=600)
    silent = [ask_silently(channel, "/grpc.health.v1.Health/Check") for _ in range(3)]
    assert evaluate(channel, "pid", timeout=60).answer.decision_id
    assert not any(call.done() for call in silent)


def test_a_question_that_does_not_come_is_ended_and_frees_its_thread(supervise, ask_silently):
    service = supervise(workers=1, threads=1, silent_seconds=1.5, call_seconds=0.01, hang_seconds=60)
    with service.channel() as channel:
        for call in [ask_silently(channel) for _ in range(3)]:
            assert call.exception(60).code() is grpc.StatusCode.CANCELLED
    assert "a call does not end" not in service.log.read_text(), "nothing is served that has not come"


def test_a_call_without_a_question_is_the_callers_error(serve):
    error = serve().stream_unary(EVALUATE).future(iter([])).exception(60)
    assert error.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert details(error)["ErrorInfo"].reason == "UNREADABLE"


def test_silent_streams_leave_the_questions_their_threads(serve, fall_silent):
    channel = serve(threads=2, silent_seconds=600)
    silent = [fall_silent(channel) for _ in range(2)]
    for call in silent:
        call.initial_metadata()
    more = fall_silent(channel)
    assert evaluate(channel, "pid", timeout=60).answer.decision_id
    assert not any(call.done() for call in (*silent, more))


@pytest.mark.parametrize("count", [0, 3])
def test_a_stream_that_falls_silent_is_ended_and_frees_its_thread(serve, fall_silent, count):
    channel = serve(threads=1, silent_seconds=0.2)
    for call in [fall_silent(channel, count) for _ in range(3)]:
        error = call.exception(60)
        assert error.code() is grpc.StatusCode.ABORTED
        told = details(error)
        assert told["ErrorInfo"].reason == "STREAM_SILENT"
        assert "已有 0.2 秒没有收到下一条" in told["LocalizedMessage"].message
    wait_until(lambda: not any(map(_reads, threading.enumerate())), what="nobody waits for it any longer")


def test_a_stream_that_waits_for_its_caller_does_not_hang(supervise, fall_silent):
    service = supervise(workers=1, silent_seconds=1.5, call_seconds=0.01, hang_seconds=60)
    with service.channel() as channel:
        for count in (0, 3):
            assert fall_silent(channel, count).exception(60).code() is grpc.StatusCode.ABORTED
    assert "a call does not end" not in service.log.read_text(), "it is the caller's turn"


def _reads(thread: threading.Thread) -> bool:
    return thread.name.startswith("reader")


def test_a_message_beyond_the_limit_is_refused(serve):
    error = failed(serve(max_request_bytes=1024), "x" * 2000)
    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_loop_ends_with_the_callers_deadline(serve, capfd):
    channel = serve(threads=1)
    assert failed(channel, "loop", timeout=0.3).code() is grpc.StatusCode.DEADLINE_EXCEEDED
    assert evaluate(channel, "pid", timeout=5).answer.decision_id
