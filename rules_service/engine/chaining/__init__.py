"""Chained rules, run on durable_rules' C engine: several facts joined lead to findings and further facts."""

from rules_service.engine.chaining.compile import CompiledProgram, compile_program
from rules_service.engine.chaining.engine import ChainEngine, open_engine
from rules_service.engine.chaining.handle import EngineFailedError
from rules_service.engine.chaining.kept import KeptFirings
from rules_service.engine.chaining.preflight import preflight
from rules_service.engine.chaining.result import Binding, ChainResult, Finding, Firing
from rules_service.engine.chaining.trial import try_out

__all__ = [
    "Binding",
    "ChainEngine",
    "ChainResult",
    "CompiledProgram",
    "EngineFailedError",
    "Finding",
    "Firing",
    "KeptFirings",
    "compile_program",
    "open_engine",
    "preflight",
    "try_out",
]
