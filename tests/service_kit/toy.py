"""A rules service of a few lines that does what a test asks of it by the name of the ruleset.

Where TOY_DATA names a folder, the file `data` there is what it loads. Where TOY_GATE names one, a worker that
is about to load leaves a file `waiting-PID` there, and waits for `go-PID` while there is a file `hold`.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import grpc

from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.rules.v1 import rules_service_pb2_grpc as pb_grpc
from service_kit.problems import Problem, Refusal, RefusedError
from service_kit.serving.call import check_deadline, current_call
from service_kit.serving.definition import Role, ServiceDefinition

SECRET = "张三的身份证号"


class Toy(pb_grpc.RulesServiceServicer):
    def __init__(self, data: str = "") -> None:
        self._data = data

    def Evaluate(self, request: pb.EvaluateRequest, context: grpc.ServicerContext) -> pb.EvaluateResponse:
        word, _, argument = request.ruleset.partition(":")
        response = pb.EvaluateResponse()
        match word:
            case "pid":
                response.answer.decision_id = str(os.getpid())
            case "data":
                response.answer.decision_id = self._data
            case "caller":
                call = current_call()
                assert call is not None
                response.answer.decision_id = f"{call.caller.name} {call.request_id}"
            case "refuse":
                problems = [
                    Problem(
                        "EVENT_UNKNOWN",
                        "matter.facts_json.channel",
                        "没有代码“xx”。",
                        "请改用 ListCodes 里的代码。",
                    ),
                    Problem("FIELD_MISSING", "matter.events[2].at", "没有写时间。"),
                ]
                raise RefusedError(problems, Refusal[argument])
            case "flood":
                count = int(argument)
                raise RefusedError(
                    Problem("FACT_UNKNOWN", f"{'表' * 90}[{i}]", "太长的说明" * 9) for i in range(count)
                )
            case "crash":
                raise KeyError(SECRET)
            case "abort":
                context.abort(grpc.StatusCode.DATA_LOSS, "by itself")
            case "wait":
                _wait_for(argument)
                response.answer.decision_id = argument
            case "loop":
                while True:
                    check_deadline()
                    time.sleep(0.01)
            case "hold":
                sum(range(10**12))  # in C: nothing else of Python runs meanwhile
            case "exit":
                os._exit(9)
        return response

    def AssessOffice(
        self, request_iterator: Iterator[pb.AssessOfficeRequest], context: grpc.ServicerContext
    ) -> pb.AssessOfficeResponse:
        context.send_initial_metadata(())  # tells the caller that the call is under way
        count = 0
        for message in request_iterator:
            count += len(message.matters)
            if message.office.office_id:
                _wait_for(message.office.office_id)
        return pb.AssessOfficeResponse(office_id=str(count))


def _wait_for(name: str) -> None:
    Path(name + ".begun").touch()
    while not Path(name).exists():
        time.sleep(0.01)


def _load() -> str:
    if "TOY_GATE" in os.environ:
        gate = Path(os.environ["TOY_GATE"])
        (gate / f"waiting-{os.getpid()}").touch()
        while (gate / "hold").exists() and not (gate / f"go-{os.getpid()}").exists():
            time.sleep(0.01)
    return (Path(os.environ["TOY_DATA"]) / "data").read_text() if "TOY_DATA" in os.environ else ""


def add_to_server(server: grpc.Server) -> str:
    data = _load()
    refusal = data.partition("refuse:")[2] or os.environ.get("TOY_REFUSES")
    if refusal:
        place = f"{os.environ.get('TOY_DATA', '')}/{refusal}"
        raise RefusedError([Problem("R001", place, "规则集读不了。", "请改正。")])
    if data == "die" or os.environ.get("TOY_DIES"):
        os._exit(7)
    pb_grpc.add_RulesServiceServicer_to_server(Toy(data), server)
    return pb.DESCRIPTOR.services_by_name["RulesService"].full_name


DEFINITION = ServiceDefinition(
    name="rules",
    add_to_server="tests.service_kit.toy:add_to_server",
    domain="rules.huiyin",
    default_port=0,
    roles={
        "/huiyin.rules.v1.RulesService/Evaluate": Role.EVALUATE,
        "/huiyin.rules.v1.RulesService/AssessOffice": Role.AUDIT,
    },
    data={"TOY_DATA": ""},
)
