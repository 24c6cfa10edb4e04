"""Text as the line composer sees it: characters and words, their widths and what may stand beside them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from docs_service.layout.fonts import Face, RoleFaces
from docs_service.layout.measures import MM_PER_POINT

# CLREQ (W3C, Requirements for Chinese Text Layout) 3.1.3: prohibition at line start and line end.
NO_LINE_START = frozenset("，。、；：？！）》〉」』】〕〗”’％‰℃·…—～々)]},.;:?!%")
NO_LINE_END = frozenset("（《〈「『【〔〖“‘([{￥＄")

# A figure stays with the word that it counts: 2024年, 12号.
AFTER_NUMBER = frozenset("年月日号")

# CLREQ 3.1.6: punctuation whose blank half may be taken away.
BLANK_RIGHT = frozenset("，。、；：！？）》〉」』】〕〗”’")
BLANK_LEFT = frozenset("（《〈「『【〔〖“‘")

_ATOM = re.compile(r"——|……|[!-~\u00a1-\u00b6\u00b8-\u024f]+|\s|.", re.DOTALL)
_SOFT_BREAK = re.compile(r"(?<=[A-Za-z][/_.@?&=-])(?=[A-Za-z])")

# Papers are made of some thousand characters in a few sizes.
_KEPT_CHARACTERS = 10_000


class Kind(Enum):
    """What an atom is."""

    CHARACTER = auto()
    OPENING = auto()
    CLOSING = auto()
    WORD = auto()
    SPACE = auto()


@dataclass(frozen=True, slots=True)
class Atom:
    """What no line break parts. Widths in millimetres: `width` as the line counts it, `advance` as the font
    draws it, `offset` from the atom's left edge to where drawing begins.
    """

    text: str
    kind: Kind
    face: Face
    width: float
    advance: float
    offset: float
    breaks_before: bool

    @property
    def blank(self) -> float:
        """What squeezing may take away at most."""
        return self.width / 2 if self.kind in (Kind.OPENING, Kind.CLOSING) else 0.0


class MissingGlyphError(Exception):
    """No font of the role has the character."""

    def __init__(self, character: str) -> None:
        self.character = character
        super().__init__(character)


def atoms_of(text: str, faces: RoleFaces, size: float, pitch: float) -> list[Atom]:
    """The atoms of a text of one line or more. `size` in points; `pitch` is the width of a full-width
    character in millimetres. Raises MissingGlyphError.
    """
    atoms: list[Atom] = []
    before = ""
    em = size * MM_PER_POINT
    for piece in _pieces(text):
        may_break = bool(before) and before not in NO_LINE_END and piece[0] not in NO_LINE_START
        if before.isdecimal() and piece[0] in AFTER_NUMBER:
            may_break = False
        atoms.extend(_atoms_of_piece(piece, faces, em, pitch, may_break))
        before = piece[-1]
    return atoms


def _pieces(text: str) -> Iterator[str]:
    for piece in _ATOM.findall(text):
        if len(piece) == 1:
            yield piece
        else:
            yield from _SOFT_BREAK.split(piece)


def _atoms_of_piece(piece: str, faces: RoleFaces, em: float, pitch: float, may_break: bool) -> Iterable[Atom]:
    if is_word(piece):
        return _word(piece, faces, em, may_break)
    return (_character(piece, faces, em, pitch, may_break),)


@lru_cache(maxsize=_KEPT_CHARACTERS)
def _character(piece: str, faces: RoleFaces, em: float, pitch: float, may_break: bool) -> Atom:
    face = _face(faces, piece[0])
    advance = sum(face.advance(character) for character in piece) * em
    if piece == " ":
        return Atom(piece, Kind.SPACE, face, advance, advance, 0.0, may_break)
    width = pitch * len(piece)
    kind = Kind.CLOSING if piece in BLANK_RIGHT else Kind.OPENING if piece in BLANK_LEFT else Kind.CHARACTER
    return Atom(piece, kind, face, width, advance, _offset(kind, piece, em, width, advance), may_break)


def is_word(piece: str) -> bool:
    """Whether a piece is of letters and digits that keep their own widths."""
    return piece != " " and ord(piece[0]) < 0x250 and piece[0] != "·"


def _offset(kind: Kind, piece: str, em: float, width: float, advance: float) -> float:
    """A glyph narrower than its place: opening punctuation stands at the right, closing at the left, others
    (the dot in a name, the dash) in the middle.
    """
    if abs(advance - em * len(piece)) < 0.01 * em or kind is Kind.CLOSING:
        return 0.0
    return width - advance if kind is Kind.OPENING else (width - advance) / 2


def _word(piece: str, faces: RoleFaces, em: float, may_break: bool) -> Iterator[Atom]:
    start = 0
    face = _face(faces, piece[0])
    for at in range(1, len(piece) + 1):
        following = _face(faces, piece[at]) if at < len(piece) else None
        if following is face:
            continue
        part = piece[start:at]
        advance = sum(face.advance(character) for character in part) * em
        yield Atom(part, Kind.WORD, face, advance, advance, 0.0, may_break and start == 0)
        if following is not None:
            start, face = at, following


def _face(faces: RoleFaces, character: str) -> Face:
    face = faces.face_of(character)
    if face is None:
        raise MissingGlyphError(character)
    return face
