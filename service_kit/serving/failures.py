"""How an error reaches the caller: `google.rpc.Status` with all problems, and never a stack trace."""

from dataclasses import dataclass

import grpc
from google.rpc import code_pb2, error_details_pb2, status_pb2

from service_kit.problems import Problem, Refusal, RefusedError
from service_kit.serving.call import DeadlineError

# INVARIANT: the status fits the 8 KiB that callers take for all metadata together; base64 adds a third.
MAX_STATUS_BYTES = 4800
_MAX_CHARACTERS = 200

# TOO_LARGE is INVALID_ARGUMENT and not RESOURCE_EXHAUSTED: the same question never fits, so nobody should
# send it again.
STATUS = {
    Refusal.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Refusal.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Refusal.NOT_ALLOWED: grpc.StatusCode.FAILED_PRECONDITION,
    Refusal.TOO_LARGE: grpc.StatusCode.INVALID_ARGUMENT,
    Refusal.CONFLICT: grpc.StatusCode.FAILED_PRECONDITION,
}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call failed. The message is English, for developers; the problems are Chinese."""

    code: grpc.StatusCode
    message: str
    problems: tuple[Problem, ...]
    by_input: bool = False
    """Whether the problems are in what the caller sent, so that they have places there."""

    @property
    def reason(self) -> str:
        """Stable code of the first problem."""
        return self.problems[0].code if self.problems else self.code.name


class CallFailedError(Exception):
    """Raised within serving where a call cannot go on."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        super().__init__(failure.message)


def fail(code: grpc.StatusCode, reason: str, message: str, chinese: str, cure: str = "") -> CallFailedError:
    """An error of serving itself, to be raised."""
    return CallFailedError(Failure(code, message, (Problem(reason, "", chinese, cure),)))


def unreadable() -> CallFailedError:
    """A message that is not of its method's type, to be raised."""
    return fail(
        grpc.StatusCode.INVALID_ARGUMENT,
        "UNREADABLE",
        "the message is not what this method takes",
        "消息读不出来，不是这个方法所要的格式。",
        "请核对调用方用的 proto 版本。",
    )


def failure_of(error: BaseException, request_id: str) -> Failure:
    """What the caller is told of ERROR."""
    match error:
        case RefusedError():
            return _refused(error)
        case CallFailedError():
            return error.failure
        case DeadlineError():
            problem = Problem("DEADLINE", "", "调用方给的时间用完了。", "请放宽时限，或分几次提交。")
            return Failure(grpc.StatusCode.DEADLINE_EXCEEDED, "deadline exceeded", (problem,))
        case _:
            problem = Problem(
                "INTERNAL", "", "服务内部出错，没有给出结果。", f"请把编号 {request_id} 告诉运维人员。"
            )
            message = f"internal error; correlation id {request_id}"
            return Failure(grpc.StatusCode.INTERNAL, message, (problem,))


def _refused(error: RefusedError) -> Failure:
    code = STATUS[error.refusal]
    if not error.problems:
        return Failure(code, error.refusal.value, (), by_input=True)
    first = error.problems[0]
    count = len(error.problems)
    summary = f"{count} problem{'s' if count > 1 else ''}, the first {first.code}"
    place = f" at {_clipped(first.place, 100)}" if first.place else ""
    return Failure(code, f"{error.refusal.value}: {summary}{place}", error.problems, by_input=True)


def status_bytes(failure: Failure, domain: str) -> bytes:
    """The serialised `google.rpc.Status` of FAILURE; as many problems as fit, and how many there are."""
    problems = tuple(map(_clip, failure.problems))
    shown = _fitting(problems)
    localized = "\n".join(map(str, shown))
    if len(shown) < len(problems):
        localized += f"\n（另有 {len(problems) - len(shown)} 处没有列出）"
    status = status_pb2.Status(
        code=code_pb2.Code.Value(failure.code.name), message=_clipped(failure.message, 300)
    )
    status.details.add().Pack(
        error_details_pb2.ErrorInfo(
            reason=failure.reason,
            domain=domain,
            metadata={"problems": str(len(problems)), "shown": str(len(shown))},
        )
    )
    if failure.by_input:
        status.details.add().Pack(
            error_details_pb2.BadRequest(
                field_violations=[
                    error_details_pb2.BadRequest.FieldViolation(
                        field=problem.place,
                        description=problem.message + problem.cure,
                        reason=problem.code,
                    )
                    for problem in shown
                ]
            )
        )
    if localized:
        status.details.add().Pack(error_details_pb2.LocalizedMessage(locale="zh-CN", message=localized))
    return bytes(status.SerializeToString())


def _fitting(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    left = MAX_STATUS_BYTES - 800
    for count, problem in enumerate(problems):
        left -= 2 * len(str(problem).encode()) + 16
        if left < 0:
            return problems[: max(count, 1)]
    return problems


def _clip(problem: Problem) -> Problem:
    words = (problem.place, problem.message, problem.cure)
    return Problem(problem.code, *(_clipped(text, _MAX_CHARACTERS) for text in words))


def _clipped(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
