"""`huiyin health ADDRESS`: whether a service answers, for containers and monitors."""

import socket
import ssl
from pathlib import Path
from typing import Annotated, Any

import grpc
import typer

from huiyin.cli.output import JsonOption, out, part, print_json, refuse
from huiyin.client import Credentials, is_local, open_channel, unpack
from service_kit.problems import Problem


def health(
    address: Annotated[str, typer.Argument(help="服务地址，例如 127.0.0.1:50061。Address, host:port.")],
    service: Annotated[str, typer.Option(help="服务名，默认整个服务器。Full gRPC name of the service.")] = "",
    ca_file: Annotated[
        Path | None,
        typer.Option(
            envvar="HUIYIN_TLS_CERT_FILE", help="服务的证书，或签发它的证书。Its certificate, or the CA's."
        ),
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="最多等几秒。Seconds to wait.")] = 3.0,
    as_json: JsonOption = False,
) -> None:
    """询问服务是否正常，正常时状态为 0。Ask whether a service is serving."""
    status = _ask(address, service, ca_file, timeout)
    if isinstance(status, Problem):
        refuse([status], as_json)
    if as_json:
        print_json({"address": address, "status": status})
    else:
        out.print(f"{address} {status}")
    if status != "SERVING":
        raise typer.Exit(1)


def _ask(address: str, service: str, ca_file: Path | None, timeout: float) -> str | Problem:
    messages = part("grpc_health.v1.health_pb2", "rules")
    stubs = part("grpc_health.v1.health_pb2_grpc", "rules")
    try:
        name = _certified_name(address, ca_file, timeout) if ca_file and is_local(address) else ""
        with open_channel(address, Credentials(ca_file=ca_file, certified_name=name)) as channel:
            request = messages.HealthCheckRequest(service=service)
            response = stubs.HealthStub(channel).Check(request, timeout=timeout)
    except OSError as error:
        return Problem("H007", address, f"服务连不上（{error.strerror or error}）。", "请确认服务已经启动。")
    except grpc.RpcError as error:
        problem = unpack(error).problems[0]
        return Problem(problem.code, address, problem.message)
    return str(messages.HealthCheckResponse.ServingStatus.Name(response.status))


def _certified_name(address: str, ca_file: Path, timeout: float) -> str:
    """The name that the certificate of a service on this machine is for: it is not 127.0.0.1."""
    host, _, port = address.rpartition(":")
    context = ssl.create_default_context(cafile=ca_file)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.set_alpn_protocols(["h2"])
    with (
        socket.create_connection((host.strip("[]"), int(port)), timeout) as connection,
        context.wrap_socket(connection) as secured,
    ):
        certificate: dict[str, Any] = dict(secured.getpeercert() or {})
    names = [str(value) for kind, value in certificate.get("subjectAltName", ()) if kind == "DNS"]
    return names[0] if names else ""
