"""`huiyin serve rules|docs`: one service, with its worker processes, in the foreground."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from huiyin.cli.output import err, out, part, refusals
from huiyin.services import DOCS, RULES

if TYPE_CHECKING:
    from service_kit.serving.definition import ServiceDefinition
    from service_kit.serving.settings import ServingSettings

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="启动一个服务并保持运行。Serve one service in the foreground.\n\n"
    "每个选项也可以用环境变量设置，例如 HUIYIN_PORT；其余设置见环境变量 HUIYIN_*。",
)

Host = Annotated[
    str | None,
    typer.Option(help="监听地址，默认 127.0.0.1；对外监听必须有 TLS 和令牌。Address to listen on."),
]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="端口，0 表示任选一个空闲端口。0 picks a free one.")
]
Workers = Annotated[int | None, typer.Option(min=1, help="工作进程数，默认每个核一个。One a core.")]
Cert = Annotated[Path | None, typer.Option(help="TLS 证书（PEM）。TLS certificate.")]
Key = Annotated[Path | None, typer.Option(help="TLS 私钥（PEM）。TLS private key.")]
TokensFile = Annotated[
    Path | None, typer.Option(help="令牌文件，用 huiyin token 生成内容。Who may call, see huiyin token.")
]
ReadyFile = Annotated[
    Path | None, typer.Option(help="就绪后写入地址和进程号（JSON）的文件。Written once ready.")
]
Lifeline = Annotated[bool, typer.Option("--end-with-stdin", hidden=True)]
LogLevel = Annotated[str | None, typer.Option(help="日志级别：debug、info、warning、error。")]


@app.command()
def rules(
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    tls_cert_file: Cert = None,
    tls_key_file: Key = None,
    tokens_file: TokensFile = None,
    ready_file: ReadyFile = None,
    log_level: LogLevel = None,
    end_with_stdin: Lifeline = False,
    rulesets: Annotated[
        Path | None,
        typer.Option(envvar="HUIYIN_RULESETS", help="规则集文件夹，默认 ./rulesets。Folder of rulesets."),
    ] = None,
    adoptions: Annotated[
        str | None,
        typer.Option(envvar="HUIYIN_ADOPTIONS", help="采用文件或其文件夹，多个用冒号分开。Adoption files."),
    ] = None,
) -> None:
    """启动规则服务（默认端口 50061）。Serve the rules."""
    if rulesets is not None:
        os.environ["HUIYIN_RULESETS"] = str(rulesets)
    if adoptions is not None:
        os.environ["HUIYIN_ADOPTIONS"] = adoptions
    serve(
        RULES,
        ready_file,
        end_with_stdin,
        host=host,
        port=port,
        workers=workers,
        tls_cert_file=tls_cert_file,
        tls_key_file=tls_key_file,
        tokens_file=tokens_file,
        log_level=log_level,
    )


@app.command()
def docs(
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
    tls_cert_file: Cert = None,
    tls_key_file: Key = None,
    tokens_file: TokensFile = None,
    ready_file: ReadyFile = None,
    log_level: LogLevel = None,
    end_with_stdin: Lifeline = False,
    seals: Annotated[
        Path | None,
        typer.Option(envvar="HUIYIN_SEALS", help="本单位印章的文件夹，默认只有样章。Folder of seals."),
    ] = None,
) -> None:
    """启动文书服务（默认端口 50062）。Serve the papers."""
    if seals is not None:
        os.environ["HUIYIN_SEALS"] = str(seals)
    serve(
        DOCS,
        ready_file,
        end_with_stdin,
        host=host,
        port=port,
        workers=workers,
        tls_cert_file=tls_cert_file,
        tls_key_file=tls_key_file,
        tokens_file=tokens_file,
        log_level=log_level,
    )


def serve(
    definition: "ServiceDefinition", ready_file: Path | None, end_with_stdin: bool, **arguments: object
) -> None:
    """Serves DEFINITION until told to stop."""

    def say_ready(settings: "ServingSettings") -> None:
        guard = "TLS" if settings.tls_cert_file else "不加密，仅限本机"
        if settings.tokens_file:
            guard += "，凭令牌调用"
        how = f"{settings.workers} 个工作进程；{guard}"
        out.print(f"huiyin {definition.name} 已就绪 ready: {settings.address}（{how}）")

    with refusals():
        settings = part("service_kit.serving.settings", definition.name).load_settings(**arguments)
        logs = part("service_kit.serving.logs", definition.name)
        supervisor = part("service_kit.serving.supervisor", definition.name)
        logs.start_logging(definition.name, settings.log_level)
        err.print(f"huiyin {definition.name} 正在启动 starting…")
        lifeline = sys.stdin.fileno() if end_with_stdin else None
        supervisor.Supervisor(definition, settings, ready_file, say_ready, lifeline).run()
