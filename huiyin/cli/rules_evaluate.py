"""`huiyin rules evaluate` and `huiyin rules assess`: what the rules say about a matter, without a server."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from huiyin.cli.answer_view import AnswerView
from huiyin.cli.output import JsonOption, RulesetsOption, page, part, print_json, refusals
from huiyin.cli.words import Labels
from huiyin.rules.v1 import common_pb2 as common
from huiyin.rules.v1 import rules_service_pb2 as rules
from service_kit.problems import Problem, RefusedError

Matter = Annotated[
    Path,
    typer.Option("--matter", help="事项或邻里事务的文件（YAML），写法见 examples。See examples."),
]
At = Annotated[str | None, typer.Option("--at", help="问的是哪一时刻的情况，例如 2024-06-03T09:00。Moment.")]
AsOf = Annotated[str | None, typer.Option(help="适用哪一天有效的规定，例如 2024-06-03。Day of the law.")]
Jurisdiction = Annotated[str | None, typer.Option(help="行政区划代码，例如 640425。Code of the place.")]
Full = Annotated[bool, typer.Option("--full", help="连同差一点就满足的行等全部理由。All reasons.")]
Adoptions = Annotated[
    str,
    typer.Option(envvar="HUIYIN_ADOPTIONS", help="采用文件或其文件夹，多个用冒号分开。Adoption files."),
]


def evaluate(
    ruleset: Annotated[
        str, typer.Argument(help="规则集的名称，或 名称@版本。A ruleset, or ruleset@revision.")
    ],
    matter: Matter,
    at: At = None,
    as_of: AsOf = None,
    jurisdiction: Jurisdiction = None,
    full: Full = False,
    rulesets: RulesetsOption = Path("rulesets"),
    adoptions: Adoptions = "",
    as_json: JsonOption = False,
) -> None:
    """用一个规则集评估一件事项（不需要启动服务）。Evaluate one ruleset on a matter, in process."""
    with refusals(as_json):
        told = _read_example(matter)
        if told.affair:
            cure = "邻里事务请用 huiyin rules assess。"
            raise RefusedError([Problem("H105", str(matter), "这个命令只评估信访事项。", cure)])
        request = told.evaluate_request(ruleset)
        _ask(request.context, at, as_of, jurisdiction, full)
        commands, rulebook = load(rulesets, adoptions)
        response = commands.evaluate(rulebook, request, datetime.now(UTC))
    _print(response, labels_of(commands, rulebook), as_json)


def assess(
    matter: Matter,
    at: At = None,
    as_of: AsOf = None,
    jurisdiction: Jurisdiction = None,
    full: Full = False,
    rulesets: RulesetsOption = Path("rulesets"),
    adoptions: Adoptions = "",
    as_json: JsonOption = False,
) -> None:
    """用全部有效的规则集评估事项或邻里事务（不需要启动服务）。Assess a matter or affair, in process."""
    with refusals(as_json):
        told = _read_example(matter)
        request = told.assess_affair_request() if told.affair else told.assess_request()
        _ask(request.context, at, as_of, jurisdiction, full)
        commands, rulebook = load(rulesets, adoptions)
        answer = commands.assess_affair if told.affair else commands.assess
        response = answer(rulebook, request, datetime.now(UTC))
    _print(response, labels_of(commands, rulebook), as_json)


def adoption_files(setting: str) -> list[Path]:
    """The adoption files that a setting names: files, and the YAML files of folders."""
    named = [Path(name) for name in setting.split(os.pathsep) if name]
    return [file for path in named for file in (sorted(path.rglob("*.yaml")) if path.is_dir() else [path])]


def _read_example(path: Path) -> Any:
    told = part("huiyin.examples", "rules").read_example(path)
    if told.office:
        message = "这是一个单位，这里只评估事项和邻里事务。"
        raise RefusedError([Problem("H105", str(path), message, "请写 matter 或 affair。")])
    return told


def _ask(
    context: common.Context, at: str | None, as_of: str | None, jurisdiction: str | None, full: bool
) -> None:
    """Puts what the options say in the place of what the file says."""
    context.view = common.VIEW_FULL if full else common.VIEW_REASONS
    if at is not None:
        context.at.CopyFrom(part("huiyin.examples", "rules").read_moment(at, "--at"))
    context.as_of = as_of if as_of is not None else context.as_of
    context.jurisdiction = jurisdiction if jurisdiction is not None else context.jurisdiction


def load(rulesets: Path, adoptions: str) -> tuple[Any, Any]:
    """The commands of the rules service, and the rulebook of a folder with the adoptions of a setting."""
    commands = part("rules_service.commands", "rules")
    return commands, commands.load(rulesets, adoption_files(adoptions))


def labels_of(commands: Any, rulebook: Any) -> Labels:
    """The labels of the rulebook's codes."""
    return Labels(commands.list_codes(rulebook, rules.ListCodesRequest()).codes)


def _print(response: Any, labels: Labels, as_json: bool) -> None:
    if as_json:
        print_json(as_data(response.answer))
    else:
        AnswerView(page(), labels).print(response.answer)


def as_data(message: Message) -> dict[str, Any]:
    """MESSAGE as JSON data, with the contract's own field names."""
    data: dict[str, Any] = MessageToDict(message, preserving_proto_field_name=True)
    return data
