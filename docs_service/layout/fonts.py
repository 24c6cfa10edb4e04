"""Fonts by role: the office's own from a folder first, then free packages; and the small files made of them.

The free packages stand in as follows. 小标宋: Noto Serif CJK SC Bold. 仿宋 and 宋体: Noto Serif CJK SC.
黑体: Noto Sans CJK SC. 楷体: LXGW WenKai. The body is not set in LXGW WenKai, though a 楷 is nearer to 仿宋:
headings of the second level are in 楷体 and could no longer be told from the text, and its quotation marks
are 0.35 em wide.
"""

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from docs_service.layout.harfbuzz import FaceReader
from docs_service.layout.measures import FontRole

SITE_FONTS_SETTING = "HUIYIN_FONTS"
CACHE_FORMAT = "2"

# Where the em square of a Chinese font meets the baseline.
EM_ABOVE_BASELINE = 0.88

_SYSTEM_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts"),
    Path("/Library/Fonts"),
)
_SERIF = ("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC")
_SERIF_BOLD = ("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC")
_SANS = ("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC")
_KAI = ("LXGWWenKai-Regular.ttf", "LXGW WenKai")


@dataclass(frozen=True, slots=True)
class RoleFonts:
    """What fills a role: names of the office's own fonts, and free files with why they stand in."""

    own: re.Pattern[str]
    free: tuple[tuple[str, str], ...]
    reason: str


ROLE_FONTS = {
    FontRole.TITLE: RoleFonts(
        re.compile("小标宋|XiaoBiaoSong", re.IGNORECASE),
        (_SERIF_BOLD, _SERIF),
        "小标宋没有可以自由分发的字体，以思源宋体粗体代替",
    ),
    FontRole.BODY: RoleFonts(
        re.compile("仿宋|FangSong", re.IGNORECASE),
        (_SERIF,),
        "仿宋没有字数足够、可以自由分发的字体，以思源宋体代替；不用楷体，以免与二级标题混同",
    ),
    FontRole.HEADING_1: RoleFonts(
        re.compile("黑体|SimHei|Heiti", re.IGNORECASE), (_SANS, _SERIF), "以思源黑体代替黑体"
    ),
    FontRole.HEADING_2: RoleFonts(
        re.compile("楷体|KaiTi|楷_GB2312", re.IGNORECASE), (_KAI, _SERIF), "以霞鹜文楷代替楷体"
    ),
    FontRole.SONG: RoleFonts(re.compile("宋体|SimSun", re.IGNORECASE), (_SERIF,), "以思源宋体代替宋体"),
}


def _common_code_points() -> frozenset[int]:
    """ASCII, GB 2312 and the punctuation of official papers: what nearly every paper is made of."""
    points = set(range(0x20, 0x7F)) | {ord(character) for character in "〔〕—…“”‘’·×•〇"}
    for high in range(0xA1, 0xF8):
        for low in range(0xA1, 0xFF):
            try:
                points.add(ord(bytes((high, low)).decode("gb2312")))
            except UnicodeDecodeError:
                continue
    return frozenset(points)


COMMON_CODE_POINTS = _common_code_points()


class Face:
    """One face of a font file, with its coverage and advances, read when first asked for."""

    def __init__(self, path: Path, index: int, family: str) -> None:
        self.path = path
        self.index = index
        self.family = family

    @cached_property
    def _reader(self) -> FaceReader:
        return FaceReader(self.path, self.index)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file, hexadecimal."""
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    @cached_property
    def code_points(self) -> frozenset[int]:
        """What the face has glyphs for."""
        return self._reader.code_points()

    @cached_property
    def _advances(self) -> dict[str, float]:
        return {}

    @cached_property
    def _slice_families(self) -> dict[str, str]:
        return {}

    def advance(self, character: str) -> float:
        """Advance of a character in ems."""
        known = self._advances.get(character)
        if known is None:
            known = self._advances[character] = self._reader.advance(ord(character))
        return known

    def slice_of(self, character: str) -> str:
        """Name of the slice of the face that holds the character: the common one, or its block of 256."""
        point = ord(character)
        return "common" if point in COMMON_CODE_POINTS else f"u{point >> 8:x}"

    def slice_family(self, character: str) -> str:
        """Family name of the file made of that slice."""
        known = self._slice_families.get(character)
        if known is None:
            known = f"Huiyin {self.digest[:12]} {self.index} {self.slice_of(character)}"
            self._slice_families[character] = known
        return known

    def slice_file(self, family: str, cache: Path) -> Path:
        """The font file of a slice, made when it is not yet in the cache folder. Two processes may make it
        at once: each writes aside and moves its own, equal, file into place.
        """
        name = family.rpartition(" ")[2]
        # A folder for each file: fontconfig reads folders, and must not find one changed since.
        path = cache / f"{self.digest[:32]}-{self.index}" / name / "font.otf"
        if not path.exists():
            points = COMMON_CODE_POINTS if name == "common" else _block(int(name[1:], 16))
            content = _renamed(self._reader.subset(points & self.code_points), family)
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(aside).replace(path)
        return path


def _block(high: int) -> frozenset[int]:
    return frozenset(range(high << 8, (high + 1) << 8)) - COMMON_CODE_POINTS


def _renamed(content: bytes, family: str) -> bytes:
    """The font under a name of its own, of regular weight, so that fontconfig finds it and nothing else, and
    with the em square as its height, so that all fonts stand on one baseline.
    """
    target = io.BytesIO()
    with TTFont(io.BytesIO(content), recalcBBoxes=False, recalcTimestamp=False, lazy=True) as font:
        _number_by_glyph(font)
        names = font["name"]
        names.names = []
        for name_id, text in ((1, family), (2, "Regular"), (4, family), (6, family.replace(" ", ""))):
            names.setName(text, name_id, 3, 1, 0x409)
        style, header = font["OS/2"], font["hhea"]
        style.usWeightClass, style.fsSelection, font["head"].macStyle = 400, 0x40, 0
        above = round(EM_ABOVE_BASELINE * font["head"].unitsPerEm)
        below = font["head"].unitsPerEm - above
        header.ascent, header.descent, header.lineGap = above, -below, 0
        style.sTypoAscender, style.sTypoDescender, style.sTypoLineGap = above, -below, 0
        style.usWinAscent, style.usWinDescent = above, below
        font.save(target, reorderTables=False)
    return target.getvalue()


def _number_by_glyph(font: TTFont) -> None:
    """Give the glyphs of a CID-keyed font the numbers of their places.

    A PDF names a character by its CID. A subset keeps the CIDs of the whole font, and what takes the place of
    a glyph for its CID shows the wrong characters, or none, in every reader that goes by the standard
    (ISO 32000-1 9.7.4.2).
    """
    if "CFF " not in font or not hasattr(top := font["CFF "].cff.topDictIndex[0], "ROS"):
        return
    order = [".notdef", *(f"cid{number:05}" for number in range(1, len(top.charset)))]
    top.charset = order
    top.CharStrings.charStrings = {name: at for at, name in enumerate(order)}
    font.setGlyphOrder(order)


@dataclass(frozen=True, slots=True, eq=False)
class RoleFaces:
    """The faces of a role, in the order they are tried. One is equal to itself alone."""

    role: FontRole
    faces: tuple[Face, ...]
    is_substitute: bool
    reason: str

    def face_of(self, character: str) -> Face | None:
        """The first face that has the character."""
        point = ord(character)
        for face in self.faces:
            if point in face.code_points:
                return face
        return None


class FontSet:
    """The faces of every role on this machine."""

    def __init__(self, site_folder: Path | None = None) -> None:
        """Find the fonts: those of the site folder by their family names, the free ones by file name."""
        files = {path.name: path for folder in _SYSTEM_FOLDERS for path in _font_files(folder.expanduser())}
        own = [face for path in _font_files(site_folder) for face in _faces_of(path)] if site_folder else []
        free = {key: _free_face(files, *key) for key in (_SERIF, _SERIF_BOLD, _SANS, _KAI)}
        self.roles = {role: _role_faces(role, wanted, own, free) for role, wanted in ROLE_FONTS.items()}

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the font files in use."""
        digests = {face.digest for role in self.roles.values() for face in role.faces}
        return hashlib.sha256("".join(sorted(digests)).encode()).hexdigest()


def _role_faces(
    role: FontRole, wanted: RoleFonts, own: list[Face], free: dict[tuple[str, str], Face | None]
) -> RoleFaces:
    matching = [face for face in own if wanted.own.search(face.family)]
    standing_in = [face for key in wanted.free if (face := free[key])]
    return RoleFaces(role, (*matching, *standing_in), not matching, wanted.reason)


def _font_files(folder: Path | None) -> Iterator[Path]:
    if folder and folder.is_dir():
        yield from sorted(
            path for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc", ".otc")
        )


def _faces_of(path: Path) -> Iterator[Face]:
    if path.suffix.lower() in (".ttc", ".otc"):
        with TTCollection(path, lazy=True) as collection:
            for index, font in enumerate(collection.fonts):
                yield Face(path, index, _families(font))
    else:
        with TTFont(path, lazy=True) as font:
            yield Face(path, 0, _families(font))


def _families(font: TTFont) -> str:
    names = {str(record) for record in font["name"].names if record.nameID in (1, 4, 16)}
    return " / ".join(sorted(names))


def _free_face(files: dict[str, Path], file_name: str, family: str) -> Face | None:
    path = files.get(file_name)
    if path is None:
        return None
    for face in _faces_of(path):
        if family in face.family.split(" / "):
            return Face(path, face.index, family)
    return None


def cache_folder() -> Path:
    """Where the small font files are kept (XDG base directory specification)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "huiyin" / "fonts" / CACHE_FORMAT


@lru_cache(maxsize=4)
def _font_set(site_folder: str) -> FontSet:
    return FontSet(Path(site_folder) if site_folder else None)


def installed_fonts() -> FontSet:
    """The fonts of this machine, found once per process and site folder."""
    return _font_set(os.environ.get(SITE_FONTS_SETTING, ""))
