"""Whether an order may be rendered at all: its words, its number, and who must not learn of it."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from docs_service.catalogue import Catalogue, DocumentType, Variant
from docs_service.content import DATA_ROOT, Finding
from docs_service.content.characters import character_problems
from docs_service.content.data import number_problems
from docs_service.orders import Party, RenderOrder
from docs_service.seals import installed_seals
from service_kit.problems import Problem, Refusal, RefusedError

NUMBER_FIELD = "doc_no"
_LONGEST_ID = 200
_NAMED_IN_DATA = ("issuer", "addressee", "copy_to", "signer", "contact")
_NUMBER_EXAMPLE = "云岭信〔2024〕36号"


def find_type(order: RenderOrder, catalogue: Catalogue) -> tuple[DocumentType, Variant]:
    """The type and variant that an order asks for. Raises RefusedError (not found)."""
    kind = catalogue.types.get(order.type)
    if kind is None:
        known = "、".join(f"{code} {entry.title}" for code, entry in catalogue.types.items())
        raise RefusedError(
            [_problem("PAPER_UNKNOWN", "type", "没有这种文书。", f"可用的文书：{known}。")], Refusal.NOT_FOUND
        )
    variant = kind.variant(order.variant)
    if variant is None:
        known = "、".join(f"{entry.code}（{entry.title}）" for entry in kind.variants)
        problem = _problem(
            "VARIANT_UNKNOWN", "variant", f"{kind.title}没有这种变体。", f"可用的变体：{known}。"
        )
        raise RefusedError([problem], Refusal.NOT_FOUND)
    if order.template_revision not in ("", kind.revision):
        problem = _problem(
            "TEMPLATE_REVISION_UNKNOWN",
            "template_revision",
            "没有这一版模板。",
            f"现行版本：{kind.revision}。",
        )
        raise RefusedError([problem], Refusal.NOT_FOUND)
    return kind, variant


def _problem(code: str, place: str, message: str, cure: str) -> Problem:
    return Problem(code, place, message, cure)


def order_problems(order: RenderOrder, kind: DocumentType, data: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the words of an order that stand beside the data."""
    if order.language not in ("", "zh-Hans"):
        yield _problem("LANGUAGE_UNKNOWN", "language", "只有简体中文的文书。", "请留空或者写 zh-Hans。")
    if order.seal and order.draft:
        yield _problem("SEAL_ON_DRAFT", "seal", "样稿不能用印。", "请去掉印章，或者不作为样稿生成。")
    if order.seal:
        yield from _seal(order.seal, data.get("issuer"))
    for place, value, label in (
        ("decision_id", order.decision_id, "决定编号"),
        ("paper_call_id", order.paper_call_id, "文书调用编号"),
    ):
        yield from character_problems(value.replace("\n", "\x00"), place, label)
        if len(value) > _LONGEST_ID:
            yield Finding.TEXT_TOO_LONG.at(place, label=label, size=len(value), limit=_LONGEST_ID)
    yield from _number(order, kind, data.get(NUMBER_FIELD))


def _seal(key: str, issuer: object) -> Iterator[Problem]:
    """A seal is laid on papers of its own office only (SEAL99 item 25); the sample says that it is one."""
    seals = installed_seals()
    seal = seals.get(key)
    if seal is None:
        known = "、".join(f"{it.key}（{it.office or '样章'}）" for it in seals.values())
        yield _problem("SEAL_UNKNOWN", "seal", "没有这枚印章。", f"可用的印章：{known}。")
    elif seal.office and isinstance(issuer, str) and _plain(issuer) != _plain(seal.office):
        message = f"这枚印章属于“{seal.office}”，不是文书的署名单位。"
        yield _problem("SEAL_OF_ANOTHER_OFFICE", "seal", message, "请换用署名单位的印章，或者不用印。")


def _number(order: RenderOrder, kind: DocumentType, doc_no: object) -> Iterator[Problem]:
    if not any(field.name == NUMBER_FIELD for field in kind.fields):
        if order.number:
            yield Finding.NUMBER_NOT_WANTED.at("number", title=kind.title)
    elif order.number:
        yield from number_problems(order.number, "number", "文号", _NUMBER_EXAMPLE)
        if isinstance(doc_no, str) and doc_no != order.number:
            place = f"{DATA_ROOT}.{NUMBER_FIELD}"
            yield Finding.NUMBER_CONFLICT.at(place, number=order.number[:40], doc_no=doc_no[:40])
    elif doc_no is None and not order.draft:
        yield Finding.NUMBER_MISSING.at("number")


def check_recipients(
    order: RenderOrder, kind: DocumentType, variant: Variant, data: Mapping[str, Any]
) -> None:
    """Refuse a paper that would let somebody learn of it who must not (REG22 30.3, 46(5)).

    A name counts as printed wherever it stands inside another: an inner section of a forbidden unit is
    forbidden too. Raises RefusedError (not allowed).
    """
    problems: list[Problem] = []
    forbidden = [party for party in order.forbidden_recipients if party.key or _plain(party.name)]
    if (kind.restricted or variant.restricted) and not forbidden:
        problems.append(
            _problem(
                "FORBIDDEN_RECIPIENTS_MISSING",
                "forbidden_recipients",
                "这种文书须列明不得知悉的人员或者单位。",
                "请给出被检举、控告的人员或者单位。",
            )
        )
    for place, party in _recipients(order, data):
        if any(_same(party, other) for other in forbidden):
            message = "文书不得送达或者显示给所列不得知悉的人员或者单位（含其内设机构）。"
            problems.append(_problem("RECIPIENT_FORBIDDEN", place, message, "请更换该处的人员或者单位。"))
    if problems:
        raise RefusedError(problems, Refusal.NOT_ALLOWED)


def _recipients(order: RenderOrder, data: Mapping[str, Any]) -> Iterator[tuple[str, Party]]:
    for at, party in enumerate(order.recipients):
        yield f"recipients[{at}]", party
    for name in _NAMED_IN_DATA:
        value = data.get(name)
        if isinstance(value, str):
            yield f"{DATA_ROOT}.{name}", Party(name=value)
        elif isinstance(value, list):
            for at, item in enumerate(value):
                if isinstance(item, str):
                    yield f"{DATA_ROOT}.{name}[{at}]", Party(name=item)


def _same(party: Party, forbidden: Party) -> bool:
    if party.key and party.key == forbidden.key:
        return True
    name = _plain(forbidden.name)
    return bool(name) and name in _plain(party.name)


def _plain(name: str) -> str:
    """A name without width, case and spaces."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()
