"""Translates messages into commands and hands the answers back."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import grpc
from google.protobuf.message import DecodeError, Message

from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service import commands
from rules_service.commands.evaluation import (
    Clock,
    assess_serialized,
    batch_assess_serialized,
    batch_evaluate_raw,
    evaluate_raw,
)
from rules_service.commands.straight import StraightAnswers
from rules_service.engine.rulebook import Rulebook
from service_kit.serving.failures import unreadable

DESCRIPTOR = pb.DESCRIPTOR.services_by_name["RulesService"]

# What is asked most is answered from the bytes of the question, often without a message in between.
FROM_BYTES: dict[str, Callable[[StraightAnswers, bytes, Clock], bytes]] = {
    "Evaluate": evaluate_raw,
    "BatchEvaluate": batch_evaluate_raw,
}
# Answers about matters leave as the bytes that they are put together from.
ANSWERING: dict[str, Callable[..., bytes]] = {
    "Assess": assess_serialized,
    "BatchAssess": batch_assess_serialized,
    "AssessAffair": lambda *asked: commands.assess_affair(*asked).SerializeToString(),
    "ListRulesets": lambda *asked: commands.list_rulesets(*asked).SerializeToString(),
    "GetRuleset": lambda *asked: commands.get_ruleset(*asked).SerializeToString(),
    "ListCodes": lambda rulebook, request, _: commands.list_codes(rulebook, request).SerializeToString(),
}


def rpc_handlers(rulebook: Rulebook) -> dict[str, Any]:
    """A handler for every method of the contract, over one rulebook.

    The clock is here and nowhere behind it; an answer knows one moment.
    """
    straight = StraightAnswers(rulebook)

    def from_bytes(answer: Callable[..., bytes]) -> Callable[[bytes, grpc.ServicerContext], bytes]:
        def handle(raw: bytes, _: grpc.ServicerContext) -> bytes:
            try:
                return answer(straight, raw, _now)
            except DecodeError as error:
                raise unreadable() from error

        return handle

    def one(answer: Callable[..., bytes]) -> Callable[[Message, grpc.ServicerContext], bytes]:
        return lambda request, _: answer(rulebook, request, _now())

    def office(parts: Iterator[pb.AssessOfficeRequest], _: grpc.ServicerContext) -> bytes:
        return commands.assess_office(rulebook, parts, _now()).SerializeToString()

    handlers: dict[str, Any] = {
        name: grpc.unary_unary_rpc_method_handler(one(answer), request_deserializer=_request(name).FromString)
        for name, answer in ANSWERING.items()
    }
    for name, answer in FROM_BYTES.items():
        handlers[name] = grpc.unary_unary_rpc_method_handler(from_bytes(answer))
    handlers["AssessOffice"] = grpc.stream_unary_rpc_method_handler(
        office, request_deserializer=pb.AssessOfficeRequest.FromString
    )
    return handlers


def _now() -> datetime:
    return datetime.now(UTC)


def _request(method: str) -> type[Message]:
    request: type[Message] = getattr(pb, DESCRIPTOR.methods_by_name[method].input_type.name)
    return request


def add_to_server(server: grpc.Server) -> str:
    """Loads the rulebook, adds the service and gives its name.

    The environment names the data, see `commands.places_told`. Raises RefusedError with all that is wrong
    with it.
    """
    rulebook = commands.load(*commands.places_told())
    handlers = rpc_handlers(rulebook)
    server.add_registered_method_handlers(DESCRIPTOR.full_name, handlers)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(DESCRIPTOR.full_name, handlers),))
    return DESCRIPTOR.full_name
