"""The seals that a request may name: the marked sample, and those that the operator has put into a folder.

The folder holds `seals.yaml` and the pictures that it names. A seal is laid on papers of its own office only.
Sizes as 国务院关于国家行政机关和企业事业单位社会团体印章管理的规定 (SEAL99) sets them: at most 45 mm.
"""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

from docs_service.layout.measures import SEAL_SIZE
from docs_service.seals.picture import SMALLEST_SIDE, check_picture
from service_kit.problems import Problem, RefusedError

SEALS_SETTING = "HUIYIN_SEALS"
SEALS_FILE = "seals.yaml"
SAMPLE_SEAL = "sample"
EMPTY_SLOT = "slot"
NO_SEAL = "none"

_FOLDER = Path(__file__).parent
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_ENTRY = {"office", "picture", "side"}
_LARGEST_SIDE = 45.0


@dataclass(frozen=True)
class Seal:
    """A seal: its key, the office it belongs to (empty: the sample, of none), its side in millimetres and
    its picture, a PNG.
    """

    key: str
    office: str
    side: float
    picture: bytes

    @cached_property
    def digest(self) -> str:
        """What makes two papers with it the same: picture and size."""
        return hashlib.sha256(f"{self.side:g}\n".encode() + self.picture).hexdigest()


def installed_seals() -> Mapping[str, Seal]:
    """The seals by key, read once per process and folder. Raises RefusedError with everything wrong."""
    return _seals(os.environ.get(SEALS_SETTING, ""))


def slot_picture(key: str) -> bytes:
    """The PNG for the seal slot: a known seal by its key or digest, EMPTY_SLOT or NO_SEAL."""
    if key in (EMPTY_SLOT, NO_SEAL):
        return _shipped(key)
    seals = installed_seals()
    if key in seals:
        return seals[key].picture
    return next(seal.picture for seal in seals.values() if seal.digest == key)


@lru_cache(maxsize=4)
def _seals(folder: str) -> Mapping[str, Seal]:
    sample = Seal(SAMPLE_SEAL, "", SEAL_SIZE, _shipped(SAMPLE_SEAL))
    own = load_seals(Path(folder)) if folder else ()
    return {seal.key: seal for seal in (sample, *own)}


@lru_cache
def _shipped(key: str) -> bytes:
    return (_FOLDER / f"{key}.png").read_bytes()


def load_seals(folder: Path) -> tuple[Seal, ...]:
    """The office's seals in a folder. Raises RefusedError with everything that is wrong with them."""
    file = folder / SEALS_FILE
    try:
        entries = yaml.safe_load(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        raise RefusedError([_bad_file(file, "读不了")]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"，第 {mark.line + 1} 行" if mark else ""
        raise RefusedError([_bad_file(file, f"YAML 写法有误{where}")]) from None
    if not isinstance(entries, dict) or not entries:
        raise RefusedError([_bad_file(file, "应当是“代号：印章”的列表，至少一枚")])
    problems: list[Problem] = []
    seals = []
    for key, entry in entries.items():
        found = list(_entry_problems(folder, file, key, entry))
        problems.extend(found)
        if not found:
            picture = (folder / entry["picture"]).read_bytes()
            seals.append(Seal(key, entry["office"].strip(), float(entry["side"]), picture))
    if problems:
        raise RefusedError(problems)
    return tuple(seals)


def _bad_file(file: Path, cause: str) -> Problem:
    cure = "每枚印章写一个代号，其下写 office（单位全称）、picture（PNG 文件名）、side（边长，毫米）。"
    return Problem("SEAL_FILE", str(file), f"印章清单{cause}。", cure)


def _entry_problems(folder: Path, file: Path, key: object, entry: Any) -> Iterator[Problem]:
    place = f"{file} {key}"
    if not (isinstance(key, str) and _KEY.fullmatch(key)) or key in (SAMPLE_SEAL, EMPTY_SLOT, NO_SEAL):
        message = "印章的代号只能用小写字母、数字和连字符，不能是 sample、slot、none。"
        yield Problem("SEAL_KEY", place, message, "请换一个代号，例如 xinfangju-zhuanyong。")
    if not isinstance(entry, dict) or set(entry) != _ENTRY:
        yield _bad_file(file, f"中“{key}”不全，或者多出了别的项")
        return
    if not isinstance(entry["office"], str) or not entry["office"].strip():
        message = "没有写明印章属于哪个单位。"
        yield Problem("SEAL_OFFICE_MISSING", place, message, "office 请写单位全称，与文书的署名一致。")
    side = entry["side"]
    if type(side) not in (int, float) or not SMALLEST_SIDE <= side <= _LARGEST_SIDE:
        message = f"印章边长“{side}”不在 {SMALLEST_SIDE:g} 至 {_LARGEST_SIDE:g} 毫米之间。"
        yield Problem("SEAL_SIDE", place, message, "请写印章实物的直径，例如 42。")
    yield from _picture_problems(folder, place, entry["picture"])


def _picture_problems(folder: Path, place: str, name: object) -> Iterator[Problem]:
    if not isinstance(name, str) or Path(name).name != name:
        message = "picture 应当是同一文件夹里的文件名。"
        yield Problem("SEAL_PICTURE", place, message, "请把 PNG 放在 seals.yaml 旁边，只写文件名。")
        return
    for cause in check_picture(folder / name):
        cure = "请用透明底的正方形 PNG，每毫米不少于 8 个像素，四边紧贴印章外沿。"
        yield Problem("SEAL_PICTURE", f"{place} {name}", f"印章图片{cause}。", cure)
