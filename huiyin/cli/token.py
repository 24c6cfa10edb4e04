"""`huiyin token`: a new token for a caller of the services."""

from typing import Annotated

import typer

from huiyin.cli.output import JsonOption, err, out, print_json, refusals
from service_kit.serving.definition import Role
from service_kit.serving.tokens import new_token


def token(
    name: Annotated[str, typer.Argument(help="谁用这个令牌，例如 case-system。Who will hold it.")],
    role: Annotated[list[Role], typer.Option(help="能做什么，可写多次。What it is good for.")],
    as_json: JsonOption = False,
) -> None:
    """生成调用服务的令牌。Make a token for a caller."""
    with refusals(as_json):
        secret, line = new_token(name, role)
    if as_json:
        print_json({"token": secret, "line": line})
        return
    err.print("令牌（只显示这一次，交给调用方）token, shown only now:")
    out.print(secret)
    err.print("写进 HUIYIN_TOKENS_FILE 所指文件的一行 line for the tokens file:")
    out.print(line)
