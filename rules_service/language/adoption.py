"""Adoption files: which office has woken which pack of local rules, where and from when."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rules_service.language import source
from rules_service.language.days import check_order
from rules_service.language.findings import Code, Finding
from rules_service.language.source import Node, Reading
from rules_service.language.types import parse_date
from rules_service.language.vocabulary import Vocabulary, refuse_banned

# No province; a county of no prefecture; a town of which only the county is said.
NOWHERE = re.compile(r"00|..00(?!00)|.{6}000")


@dataclass(frozen=True, slots=True)
class Adoption:
    """An office's word that a pack is in force in its place, and when it will look at it again."""

    pack: str
    office: str
    jurisdiction: str
    in_force_from: date
    in_force_to: date | None
    review_by: date

    def covers(self, jurisdiction: str) -> bool:
        """Whether a place lies in the adopting office's."""
        return lies_in(jurisdiction, self.jurisdiction)

    def in_force_on(self, day: date) -> bool:
        """Whether the adoption holds on a day. A review that is overdue does not end it."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


def load_adoptions(path: Path, vocabulary: Vocabulary) -> tuple[list[Adoption], list[Finding]]:
    """Reads an adoption file; the adoptions are of use only where no finding is an error."""
    node, read = source.read_file(path, path.name)
    return read_adoptions(node, read, vocabulary), read.findings


def read_adoptions(node: Node | None, read: Reading, vocabulary: Vocabulary) -> list[Adoption]:
    """Reads an adoption file from YAML that has been read already; the findings are in the reading."""
    values = read.record(node, "采用文件", "adoptions", "note")
    if node is not None:
        refuse_banned(node, read, vocabulary)
    return [_adoption(item, read, vocabulary) for item in read.items(values.get("adoptions"), "采用")]


def _adoption(node: Node, read: Reading, vocabulary: Vocabulary) -> Adoption:
    values = read.record(node, "采用", "pack office jurisdiction in_force_from review_by", "in_force_to note")
    pack = read.text(values.get("pack"), "采用")
    place = f"采用 {pack}"
    if "pack" in values and pack not in vocabulary.codes["pack"]:
        known = "、".join(vocabulary.codes["pack"])
        read.find(Code.UNKNOWN_PACK, node, place, f"没有规则包“{pack}”。", f"可以写：{known}。")
    jurisdiction = read_jurisdiction(values.get("jurisdiction"), read, place)
    first = read.literal(values.get("in_force_from"), place, parse_date, date.min)
    last = read.literal(values.get("in_force_to"), place, parse_date, None)
    review = read.literal(values.get("review_by"), place, parse_date, date.max)
    check_order(first, last, values.get("in_force_to"), read, f"{place} in_force_to")
    check_order(first, review, values.get("review_by"), read, f"{place} review_by")
    return Adoption(pack, read.text(values.get("office"), place), jurisdiction, first, last, review)


def read_jurisdiction(node: Node | None, read: Reading, place: str) -> str:
    """Reads the code of a place; empty where there is none."""
    code = read.text(node, place)
    if node is not None and not re.fullmatch(r"[0-9]{6}([0-9]{3})?", code):
        cure = "县级以上写六位（GB/T 2260），乡镇写九位（GB/T 10114）。"
        read.find(Code.WRONG_JURISDICTION, node, place, f"“{code}”不是行政区划代码。", cure)
    elif node is not None and NOWHERE.match(code):
        cure = "请写省、市、县（如 640000、640400、640425）或乡镇（如 640425001）的代码，没有代表全国的。"
        read.find(Code.WRONG_JURISDICTION, node, place, f"没有一个地方的代码是“{code}”或属于它。", cure)
    return code


def lies_in(place: str, whole: str) -> bool:
    """Whether a place lies in another (GB/T 2260: two digits a level, 00 for all of it)."""
    own = re.sub(r"(00){1,2}$", "", whole) if len(whole) == 6 else whole
    return bool(place) and place.startswith(own)
