"""What a service is, as far as serving it goes."""

import importlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import grpc


class Role(StrEnum):
    """What a token may be good for. A token may carry several; none implies another."""

    EVALUATE = "evaluate"
    RENDER = "render"
    EDIT = "edit"
    APPROVE = "approve"
    AUDIT = "audit"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """A service by name: a worker process imports its code, nobody else does."""

    name: str
    add_to_server: str
    """`module:function`; the function loads the service, adds it to a `grpc.Server` and gives its full gRPC
    name. It refuses what it cannot load with a `RefusedError`."""
    domain: str
    """Domain of the errors (`ErrorInfo.domain`)."""
    default_port: int
    roles: Mapping[str, Role]
    """The role each method asks for, by full method name. A method that is not here asks for admin."""
    data: Mapping[str, str] = field(default_factory=dict)
    """The environment variables that name files or folders of data, each with what it means unset."""

    def role_of(self, method: str) -> Role:
        """The role that METHOD asks for."""
        return self.roles.get(method, Role.ADMIN)

    def load(self) -> Callable[["grpc.Server"], str]:
        """Imports the service's code."""
        module, _, function = self.add_to_server.partition(":")
        return cast("Callable[[grpc.Server], str]", getattr(importlib.import_module(module), function))

    def to_json(self) -> str:
        """The definition as a supervisor hands it to its workers."""
        return json.dumps(
            {
                "name": self.name,
                "add_to_server": self.add_to_server,
                "domain": self.domain,
                "default_port": self.default_port,
                "roles": dict(self.roles),
                "data": dict(self.data),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "ServiceDefinition":
        """Reads what `to_json` wrote."""
        fields = json.loads(text)
        roles = {method: Role(role) for method, role in fields.pop("roles").items()}
        return cls(**fields, roles=roles)
