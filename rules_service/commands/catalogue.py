"""Tells what rulesets and codes there are."""

import base64
from collections.abc import Sequence
from datetime import date, datetime

from huiyin.rules.v1 import rules_service_pb2 as pb
from rules_service.commands.reading import wrong_jurisdiction
from rules_service.commands.writing import stamp
from rules_service.engine.compiled import Compiled
from rules_service.engine.rulebook import Rulebook
from rules_service.engine.wrong import Wrong
from rules_service.language.types import day_of, parse_date
from service_kit.problems import Problem, RefusedError

PAGE_SIZE = 100
LARGEST_PAGE = 1000


def list_rulesets(
    rulebook: Rulebook, request: pb.ListRulesetsRequest, now: datetime
) -> pb.ListRulesetsResponse:
    """A page of rulesets by name, those that sleep included."""
    day = _day(request.as_of, now)
    _check_jurisdiction(request.jurisdiction)
    if not 0 <= request.page_size <= LARGEST_PAGE:
        raise RefusedError([Problem(Wrong.PAGE_SIZE.name, "page_size", f"应当在 0 到 {LARGEST_PAGE} 之间。")])
    names = sorted(rulebook.rulesets)
    after = _read_token(request.page_token)
    rest = [name for name in names if name > after]
    page = rest[: request.page_size or PAGE_SIZE]
    return pb.ListRulesetsResponse(
        rulesets=[_ruleset(rulebook, name, day, request.jurisdiction) for name in page],
        next_page_token=_token(page[-1]) if len(rest) > len(page) else "",
    )


def get_ruleset(rulebook: Rulebook, request: pb.GetRulesetRequest, now: datetime) -> pb.GetRulesetResponse:
    """A ruleset with the source of the revision named, or of the one in force on the day, or the latest."""
    day = _day(request.as_of, now)
    _check_jurisdiction(request.jurisdiction)
    name, marked, revision = request.name.partition("@")
    slices = rulebook.slices(name)
    chosen = (
        rulebook.revision(name, revision)
        if marked
        else next((part for part in slices if part.ruleset.in_force_on(day)), slices[-1])
    )
    return pb.GetRulesetResponse(
        ruleset=_ruleset(rulebook, name, day, request.jurisdiction),
        revision=chosen.ruleset.revision,
        source_yaml=chosen.ruleset.yaml,
        loaded_at=stamp(rulebook.loaded_at),
    )


def _day(text: str, now: datetime) -> date:
    if not text:
        return day_of(now)
    try:
        return parse_date(text)
    except ValueError as error:
        raise RefusedError([Problem(Wrong.DAY_INVALID.name, "as_of", f"“{text}”{error}")]) from None


def _check_jurisdiction(code: str) -> None:
    if problems := wrong_jurisdiction(code, "jurisdiction"):
        raise RefusedError(problems)


def _ruleset(rulebook: Rulebook, name: str, day: date, jurisdiction: str) -> pb.Ruleset:
    slices = rulebook.slices(name)
    in_force = [part for part in slices if part.ruleset.in_force_on(day)]
    shown = (in_force or [slices[-1]])[0].ruleset
    state = pb.RULESET_STATE_NOT_IN_FORCE
    if in_force:
        awake = rulebook.awake(shown, jurisdiction, day)
        state = pb.RULESET_STATE_IN_FORCE if awake else pb.RULESET_STATE_SLEEPING
    return pb.Ruleset(
        name=name,
        title=shown.title,
        subject=shown.subject.value,
        layer=shown.layer.value,
        pack=shown.pack,
        state=state,
        revisions=_revisions(slices),
        inputs=shown.inputs,
    )


def _revisions(slices: Sequence[Compiled]) -> list[pb.RulesetRevision]:
    by_revision: dict[str, list[Compiled]] = {}
    for part in slices:
        by_revision.setdefault(part.ruleset.revision, []).append(part)
    return [
        pb.RulesetRevision(
            revision=revision,
            in_force_from=parts[0].ruleset.in_force_from.isoformat(),
            in_force_to=end.isoformat() if (end := parts[-1].ruleset.in_force_to) else "",
        )
        for revision, parts in by_revision.items()
    ]


def _token(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise RefusedError(
            [
                Problem(
                    Wrong.PAGE_TOKEN.name,
                    "page_token",
                    "不是上一页给出的 page_token。",
                    "请从第一页重新开始。",
                )
            ]
        ) from None


def list_codes(rulebook: Rulebook, request: pb.ListCodesRequest) -> pb.ListCodesResponse:
    """The codes of the vocabulary: its plain lists, and facts, events, kinds and candidates."""
    vocabulary = rulebook.vocabulary
    labels = {
        **{
            name: {code: (label, "", False) for code, label in codes.items()}
            for name, codes in vocabulary.codes.items()
        },
        "fact": {
            fact.name: (fact.label, str(fact.type), fact.told_only) for fact in vocabulary.facts.values()
        },
        "event": {event.name: (event.label, "", False) for event in vocabulary.events.values()},
        "kind": {kind.name: (kind.label, "", False) for kind in vocabulary.kinds.values()},
        "candidate": {item.name: (item.label, "", False) for item in vocabulary.candidates.values()},
    }
    if unknown := [name for name in request.lists if name not in labels]:
        known = "、".join(sorted(labels))
        raise RefusedError(
            Problem(Wrong.CODE_LIST_UNKNOWN.name, "lists", f"没有代码表“{name}”。", f"有：{known}。")
            for name in unknown
        )
    return pb.ListCodesResponse(
        codes=[
            pb.Code(
                list=name,
                code=code,
                label=label.chinese,
                english=label.english,
                type=kind,
                told_only=told_only,
            )
            for name in request.lists or sorted(labels)
            for code, (label, kind, told_only) in labels[name].items()
        ],
        vocabulary=vocabulary.revision,
    )
