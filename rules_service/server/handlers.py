"""Translates messages into commands and hands the answers back."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import grpc

from huiyin.rules.v1 import rules_service_pb2 as pb
from huiyin.rules.v1 import rules_service_pb2_grpc
from rules_service import commands
from rules_service.engine.rulebook import Rulebook

SERVICE = pb.DESCRIPTOR.services_by_name["RulesService"].full_name


class RulesHandlers(rules_service_pb2_grpc.RulesServiceServicer):
    """The service over one rulebook. The clock is read here, once a call, and nowhere behind it."""

    def __init__(self, rulebook: Rulebook) -> None:
        """Takes the rulebook that every call is answered from."""
        self._rulebook = rulebook

    def Evaluate(
        self, request: pb.EvaluateRequest, context: grpc.ServicerContext
    ) -> pb.EvaluateResponse:
        """See the contract."""
        return commands.evaluate(self._rulebook, request, datetime.now(UTC))

    def BatchEvaluate(
        self, request: pb.BatchEvaluateRequest, context: grpc.ServicerContext
    ) -> pb.BatchEvaluateResponse:
        """See the contract."""
        return commands.batch_evaluate(self._rulebook, request, datetime.now(UTC))

    def Assess(
        self, request: pb.AssessRequest, context: grpc.ServicerContext
    ) -> pb.AssessResponse:
        """See the contract."""
        return commands.assess(self._rulebook, request, datetime.now(UTC))

    def BatchAssess(
        self, request: pb.BatchAssessRequest, context: grpc.ServicerContext
    ) -> pb.BatchAssessResponse:
        """See the contract."""
        return commands.batch_assess(self._rulebook, request, datetime.now(UTC))

    def AssessOffice(
        self, request_iterator: Iterator[pb.AssessOfficeRequest], context: grpc.ServicerContext
    ) -> pb.AssessOfficeResponse:
        """See the contract."""
        return commands.assess_office(self._rulebook, request_iterator, datetime.now(UTC))

    def ListRulesets(
        self, request: pb.ListRulesetsRequest, context: grpc.ServicerContext
    ) -> pb.ListRulesetsResponse:
        """See the contract."""
        return commands.list_rulesets(self._rulebook, request, datetime.now(UTC))

    def GetRuleset(
        self, request: pb.GetRulesetRequest, context: grpc.ServicerContext
    ) -> pb.GetRulesetResponse:
        """See the contract."""
        return commands.get_ruleset(self._rulebook, request, datetime.now(UTC))

    def ListCodes(
        self, request: pb.ListCodesRequest, context: grpc.ServicerContext
    ) -> pb.ListCodesResponse:
        """See the contract."""
        return commands.list_codes(self._rulebook, request)


def add_to_server(server: grpc.Server) -> str:
    """Loads the rulebook and adds the service; returns its full name.

    HUIYIN_RULESETS names the folder of rulesets (default: ./rulesets), HUIYIN_ADOPTIONS the adoption files
    or folders. Raises RefusedError with all that is wrong with them.
    """
    folder = Path(os.environ.get("HUIYIN_RULESETS") or "rulesets")
    adoptions = [Path(part) for part in os.environ.get("HUIYIN_ADOPTIONS", "").split(os.pathsep) if part]
    rules_service_pb2_grpc.add_RulesServiceServicer_to_server(
        RulesHandlers(commands.load(folder, adoptions)), server
    )
    return SERVICE
