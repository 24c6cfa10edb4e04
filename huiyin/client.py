"""A small typed client of both services.

One retry rule: a call that ends as UNAVAILABLE is sent once more, which is safe because every call of the
contract only asks. What a service refuses arrives as a `HuiyinError` with every problem found.

    with RulesClient("127.0.0.1:50061") as rules:
        answer = rules.assess(AssessRequest(...)).answer
"""

import ipaddress
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from huiyin.docs.v1 import docs_service_pb2 as docs
from huiyin.docs.v1 import docs_service_pb2_grpc as docs_grpc
from huiyin.rules.v1 import rules_service_pb2 as rules
from huiyin.rules.v1 import rules_service_pb2_grpc as rules_grpc
from service_kit.problems import Problem

__all__ = ["Credentials", "DocsClient", "HuiyinError", "RulesClient"]

Response = TypeVar("Response")

LARGEST_ANSWER = 64 * 1024 * 1024
SERVICE_CONFIG = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{}],
                "retryPolicy": {
                    "maxAttempts": 2,
                    "initialBackoff": "0.1s",
                    "maxBackoff": "1s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    }
)
CHANNEL_OPTIONS: tuple[tuple[str, str | int], ...] = (
    ("grpc.service_config", SERVICE_CONFIG),
    ("grpc.enable_retries", 1),
    ("grpc.max_receive_message_length", LARGEST_ANSWER),
    ("grpc.max_send_message_length", LARGEST_ANSWER),
    # A connection that a hanging worker does not take up is given up after two seconds, not twenty.
    ("grpc.min_reconnect_backoff_ms", 2000),
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to reach a service that listens beyond its own machine."""

    token: str = ""
    ca_file: Path | None = None
    """Certificate that signed the service's own; absent: those that this machine trusts."""
    cert_file: Path | None = None
    """Certificate to show, where the service asks for one."""
    key_file: Path | None = None
    """Private key of that certificate."""
    certified_name: str = ""
    """The name that the service's certificate is for, where it is reached under another."""


class HuiyinError(Exception):
    """What a service answered instead of an answer."""

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        reason: str = "",
        problems: tuple[Problem, ...] = (),
        request_id: str = "",
    ) -> None:
        self.code = code
        self.reason = reason
        self.problems = problems
        self.request_id = request_id
        super().__init__(f"{code.name}: {message}")


class _Client:
    """A channel, and calls over it that raise `HuiyinError`."""

    def __init__(self, address: str, credentials: Credentials | None, timeout: float) -> None:
        self._channel = open_channel(address, credentials)
        self._timeout = timeout
        self._metadata = (
            (("authorization", f"Bearer {credentials.token}"),) if credentials and credentials.token else ()
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._channel.close()

    def _call(self, method: Callable[..., Response], request: object) -> Response:
        try:
            return method(request, timeout=self._timeout, metadata=self._metadata)
        except grpc.RpcError as error:
            raise unpack(error) from None


class RulesClient(_Client):
    """Client of the rules service."""

    def __init__(self, address: str, credentials: Credentials | None = None, timeout: float = 30) -> None:
        super().__init__(address, credentials, timeout)
        self._stub = rules_grpc.RulesServiceStub(self._channel)

    def evaluate(self, request: rules.EvaluateRequest) -> rules.EvaluateResponse:
        """Evaluates one ruleset on a matter."""
        return self._call(self._stub.Evaluate, request)

    def batch_evaluate(self, request: rules.BatchEvaluateRequest) -> rules.BatchEvaluateResponse:
        """Evaluates one ruleset on many matters."""
        return self._call(self._stub.BatchEvaluate, request)

    def assess(self, request: rules.AssessRequest) -> rules.AssessResponse:
        """Evaluates all rulesets in force for a matter."""
        return self._call(self._stub.Assess, request)

    def batch_assess(self, request: rules.BatchAssessRequest) -> rules.BatchAssessResponse:
        """Assesses many matters."""
        return self._call(self._stub.BatchAssess, request)

    def assess_office(self, requests: Iterable[rules.AssessOfficeRequest]) -> rules.AssessOfficeResponse:
        """Assesses an office from its matters, sent in several messages."""
        return self._call(self._stub.AssessOffice, iter(requests))

    def assess_affair(self, request: rules.AssessAffairRequest) -> rules.AssessAffairResponse:
        """Evaluates all rulesets in force for a neighbourhood affair."""
        return self._call(self._stub.AssessAffair, request)

    def list_rulesets(self, request: rules.ListRulesetsRequest) -> rules.ListRulesetsResponse:
        """Lists the rulesets."""
        return self._call(self._stub.ListRulesets, request)

    def get_ruleset(self, request: rules.GetRulesetRequest) -> rules.GetRulesetResponse:
        """Gets one ruleset with its source."""
        return self._call(self._stub.GetRuleset, request)

    def list_codes(self, request: rules.ListCodesRequest) -> rules.ListCodesResponse:
        """Lists the codes of the vocabulary."""
        return self._call(self._stub.ListCodes, request)


class DocsClient(_Client):
    """Client of the documents service."""

    def __init__(self, address: str, credentials: Credentials | None = None, timeout: float = 60) -> None:
        super().__init__(address, credentials, timeout)
        self._stub = docs_grpc.DocsServiceStub(self._channel)

    def list_document_types(self, request: docs.ListDocumentTypesRequest) -> docs.ListDocumentTypesResponse:
        """Lists the types of paper."""
        return self._call(self._stub.ListDocumentTypes, request)

    def get_document_type(self, request: docs.GetDocumentTypeRequest) -> docs.GetDocumentTypeResponse:
        """Gets one type with its fields."""
        return self._call(self._stub.GetDocumentType, request)

    def list_codes(self, request: docs.ListCodesRequest) -> docs.ListCodesResponse:
        """Lists the codes that papers use."""
        return self._call(self._stub.ListCodes, request)

    def render(self, request: docs.RenderRequest) -> docs.RenderResponse:
        """Renders one paper."""
        return self._call(self._stub.Render, request)


def open_channel(address: str, credentials: Credentials | None = None) -> grpc.Channel:
    """A channel to ADDRESS with the one retry rule; TLS wherever CREDENTIALS name a certificate or the
    address is not this machine's.
    """
    options = list(CHANNEL_OPTIONS)
    plain = credentials is None or not (credentials.ca_file or credentials.cert_file)
    if plain and is_local(address):
        return grpc.insecure_channel(address, options)
    given = credentials or Credentials()
    if given.certified_name:
        options.append(("grpc.ssl_target_name_override", given.certified_name))
    tls = grpc.ssl_channel_credentials(_read(given.ca_file), _read(given.key_file), _read(given.cert_file))
    return grpc.secure_channel(address, tls, options)


def is_local(address: str) -> bool:
    """Whether ADDRESS (host:port) is on this machine, where no token can be overheard."""
    host = address.rpartition(":")[0].strip("[]")
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def unpack(error: grpc.RpcError) -> HuiyinError:
    """The error that a service sent, with its problems."""
    call = cast(grpc.Call, error)
    trailing = dict(cast("Mapping[str, Any]", call.trailing_metadata() or ()))
    request_id = str(trailing.get("x-request-id", ""))
    try:
        status = rpc_status.from_call(call)
    except ValueError:
        status = None
    reason, chinese = "", ""
    problems: tuple[Problem, ...] = ()
    for packed in status.details if status else ():
        info = error_details_pb2.ErrorInfo()
        bad_request = error_details_pb2.BadRequest()
        localized = error_details_pb2.LocalizedMessage()
        if packed.Unpack(info):
            reason = info.reason
        elif packed.Unpack(bad_request):
            violations = bad_request.field_violations
            problems = tuple(Problem(it.reason, it.field, it.description) for it in violations)
        elif packed.Unpack(localized):
            chinese = localized.message.removesuffix(f" [{reason}]")
    if not problems:
        problems = (Problem(reason or call.code().name, "", chinese or _in_chinese(call)),)
    return HuiyinError(call.code(), call.details() or "", reason, problems, request_id)


def _in_chinese(call: grpc.Call) -> str:
    match call.code():
        case grpc.StatusCode.UNAVAILABLE:
            return "服务连不上。请确认服务已经启动、地址无误。"
        case grpc.StatusCode.DEADLINE_EXCEEDED:
            return "服务没有在时限内答复。请稍后重试，或放宽时限。"
        case grpc.StatusCode.RESOURCE_EXHAUSTED:
            return "消息超过大小限制，或服务太忙。请减小每次提交的数量。"
        case _:
            return call.details() or "服务没有给出结果。"


def _read(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None
