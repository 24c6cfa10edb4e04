"""The line composer: breaks a paragraph into lines that fill the measure.

A line is filled until the next atom does not fit. When the break falls where it may not (punctuation at the
start of a line, an opening bracket at its end, inside a number), the line either takes the punctuation in by
squeezing the blank halves of its punctuation, or gives characters to the next line and spreads what remains
evenly. Every line but the last ends at the measure. A number of a case or a telephone
that would leave its line too loose is parted; a figure never is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from docs_service.layout.atoms import Atom, Kind, atoms_of
from docs_service.layout.fonts import RoleFaces
from docs_service.layout.measures import Align

# How much a gap between characters may be narrowed, of the pitch; and inner punctuation, of its blank.
GAP_SQUEEZE = 0.015
INNER_SQUEEZE = 0.5
# How far a gap may be spread, of the pitch, before a code of letters and digits is parted instead; and how
# many of its characters stand on either side at least.
LOOSEST_GAP = 0.1
SHORTEST_PART = 4
_CODE = re.compile(r"(?=[A-Za-z]*[0-9])[A-Za-z0-9]{10,}")
_TELEPHONE = re.compile(r"[0-9]{3,4}-[0-9]{7,8}")
_CLOSE = 1e-6


@dataclass(frozen=True, slots=True)
class Run:
    """Characters of one face that follow each other. `x` is from the line's left edge, `spacing` what follows
    each character beyond its own advance, `advance` the sum of the characters' own, all in millimetres.
    """

    text: str
    family: str
    x: float
    advance: float
    spacing: float

    @property
    def end(self) -> float:
        """Where the next character would begin."""
        return self.x + self.advance + self.spacing * len(self.text)


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line as set: its runs, and where its last character's place ends."""

    runs: tuple[Run, ...]
    width: float
    is_full: bool

    @property
    def text(self) -> str:
        """The characters of the line."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a text is set: faces, size in points, pitch and measure in millimetres, indents in millimetres."""

    faces: RoleFaces
    size: float
    pitch: float
    measure: float
    align: Align = Align.FILL
    first_indent: float = 0.0
    next_indent: float = 0.0


def compose(text: str, setting: Setting) -> tuple[SetLine, ...]:
    """The lines of a text; a line break in it ends a line. Raises MissingGlyphError."""
    lines: list[SetLine] = []
    for part in text.split("\n"):
        narrowest = setting.measure - max(setting.first_indent, setting.next_indent)
        atoms = _split_wide(atoms_of(part, setting.faces, setting.size, setting.pitch), narrowest)
        start = 0
        while start < len(atoms):
            indent = setting.next_indent if lines else setting.first_indent
            line, start = _next_line(atoms, start, setting, indent)
            lines.append(line)
    return tuple(lines)


def _split_wide(atoms: list[Atom], measure: float) -> list[Atom]:
    """A word wider than the measure can only be cut."""
    fitting: list[Atom] = []
    for atom in atoms:
        if atom.width <= measure:
            fitting.append(atom)
            continue
        width = 0.0
        start = 0
        widths = [atom.face.advance(c) for c in atom.text]
        scale = atom.width / sum(widths)
        for at, share in enumerate(widths):
            if width + share * scale > measure:
                fitting.append(_cut(atom, start, at, width))
                start, width = at, 0.0
            width += share * scale
        fitting.append(_cut(atom, start, len(atom.text), width))
    return fitting


def _cut(atom: Atom, start: int, end: int, width: float) -> Atom:
    text = atom.text[start:end]
    return replace(atom, text=text, width=width, advance=width, breaks_before=start > 0 or atom.breaks_before)


def _next_line(atoms: list[Atom], start: int, setting: Setting, indent: float) -> tuple[SetLine, int]:
    room = setting.measure - indent
    end, natural = start, 0.0
    while end < len(atoms) and natural + atoms[end].width <= room + _CLOSE:
        natural += atoms[end].width
        end += 1
    if end == len(atoms):
        return _set(atoms[start:end], indent, [0.0] * (end - start), 0.0, False), end
    if atoms[end].kind is Kind.SPACE:
        return _spread(atoms[start:end], indent, room, setting), end + 1
    pull = _next_break(atoms, end + 1)
    if not atoms[end].breaks_before:
        squeezed = _squeeze(atoms[start:pull], room, setting.pitch)
        if squeezed is not None:
            cuts, gap = squeezed
            return _set(atoms[start:pull], indent, cuts, gap, pull < len(atoms)), _after_space(atoms, pull)
    push = _last_break(atoms, start, end)
    slack = room - sum(atom.width for atom in atoms[start:push])
    if setting.align is Align.FILL and slack > LOOSEST_GAP * setting.pitch * (push - start - 1):
        push = _part_code(atoms, push, slack)
    return _spread(atoms[start:push], indent, room, setting), push


def _next_break(atoms: list[Atom], at: int) -> int:
    while at < len(atoms) and not atoms[at].breaks_before and atoms[at].kind is not Kind.SPACE:
        at += 1
    return at


def _after_space(atoms: list[Atom], at: int) -> int:
    return at + 1 if at < len(atoms) and atoms[at].kind is Kind.SPACE else at


def _last_break(atoms: list[Atom], start: int, end: int) -> int:
    at = end
    while at > start and not atoms[at].breaks_before:
        at -= 1
    return at if at > start else end


def _part_code(atoms: list[Atom], at: int, room: float) -> int:
    """Part the code at that place so that its first characters fit the room, a telephone number after its
    area code. Where the line then ends.
    """
    atom = atoms[at]
    is_telephone = _TELEPHONE.fullmatch(atom.text)
    if not is_telephone and not _CODE.fullmatch(atom.text):
        return at
    reach = list(accumulate((atom.face.advance(c) for c in atom.text), initial=0.0))
    scale = atom.width / reach[-1]
    fitting = sum(1 for end in reach[1:] if end * scale <= room + _CLOSE)
    size = min(fitting, len(atom.text) - SHORTEST_PART)
    if is_telephone:
        after_area = atom.text.index("-") + 1
        size = after_area if fitting >= after_area else 0
    if size < SHORTEST_PART:
        return at
    width = reach[size] * scale
    atoms[at : at + 1] = [_cut(atom, 0, size, width), _cut(atom, size, len(atom.text), atom.width - width)]
    return at + 1


def _squeeze(atoms: Sequence[Atom], room: float, pitch: float) -> tuple[list[float], float] | None:
    """What to take from each atom and from each gap so that the atoms fit the room; None where they cannot.

    First the blank half at the end of the line, then the blanks between two marks, then half of the other
    blanks, last the gaps.
    """
    excess = sum(atom.width for atom in atoms) - room
    cuts = [0.0] * len(atoms)
    for order in (_at_end, _between_marks, _inner):
        takes = order(atoms)
        total = sum(takes)
        if excess <= _CLOSE or not total:
            continue
        share = min(1.0, excess / total)
        cuts = [cut + take * share for cut, take in zip(cuts, takes, strict=True)]
        excess -= total * share
    gaps = max(1, len(atoms) - 1)
    if excess > gaps * GAP_SQUEEZE * pitch + _CLOSE:
        return None
    return cuts, -max(0.0, excess) / gaps


def _at_end(atoms: Sequence[Atom]) -> list[float]:
    return [0.0] * (len(atoms) - 1) + [atoms[-1].blank if atoms[-1].kind is Kind.CLOSING else 0.0]


def _between_marks(atoms: Sequence[Atom]) -> list[float]:
    takes = [0.0] * len(atoms)
    for at, (left, right) in enumerate(pairwise(atoms)):
        if left.kind is Kind.CLOSING and right.kind in (Kind.CLOSING, Kind.OPENING):
            takes[at] = left.blank
        elif left.kind is Kind.OPENING and right.kind is Kind.OPENING:
            takes[at + 1] = right.blank
    return takes


def _inner(atoms: Sequence[Atom]) -> list[float]:
    beside = _between_marks(atoms)
    return [
        atom.blank * INNER_SQUEEZE if not taken else 0.0
        for atom, taken in zip(atoms[:-1], beside[:-1], strict=True)
    ] + [0.0]


def _spread(atoms: list[Atom], indent: float, room: float, setting: Setting) -> SetLine:
    slack = room - sum(atom.width for atom in atoms)
    fills = setting.align is Align.FILL and len(atoms) > 1
    gap = slack / (len(atoms) - 1) if fills else 0.0
    return _set(atoms, indent, [0.0] * len(atoms), gap, fills)


@dataclass(slots=True)
class _OpenRun:
    """A run that may still grow."""

    text: str
    family: str
    x: float
    advance: float
    spacing: float = 0.0


def _set(atoms: Sequence[Atom], indent: float, cuts: list[float], gap: float, is_full: bool) -> SetLine:
    runs: list[_OpenRun] = []
    x = indent
    for atom, cut in zip(atoms, cuts, strict=True):
        left = cut if atom.kind is Kind.OPENING else 0.0
        _append(runs, atom, x + atom.offset - left)
        x += atom.width - cut + gap
    closed = tuple(Run(run.text, run.family, run.x, run.advance, run.spacing) for run in runs)
    return SetLine(closed, x - gap, is_full)


def _append(runs: list[_OpenRun], atom: Atom, x: float) -> None:
    """Add the atom to the last run where it continues it, else as a run of its own."""
    family = atom.face.slice_family(atom.text[0])
    if runs and atom.kind is not Kind.WORD and len(atom.text) == 1:
        last = runs[-1]
        spacing = (x - last.x - last.advance) / len(last.text)
        alone = len(last.text) == 1 and last.text > "\u024f"
        if last.family == family and (alone or abs(spacing - last.spacing) < _CLOSE):
            last.text += atom.text
            last.advance += atom.advance
            last.spacing = spacing
            return
    if len(atom.text) == 1:
        runs.append(_OpenRun(atom.text, family, x, atom.advance))
    else:
        runs.extend(_slices(atom, x))


def _slices(atom: Atom, x: float) -> list[_OpenRun]:
    """An atom of several characters, drawn from there, as runs of one font file each."""
    parts: list[_OpenRun] = []
    scale = atom.advance / (sum(atom.face.advance(c) for c in atom.text) or 1.0)
    for character in atom.text:
        family = atom.face.slice_family(character)
        advance = atom.face.advance(character) * scale
        if parts and parts[-1].family == family:
            parts[-1].text += character
            parts[-1].advance += advance
        else:
            parts.append(_OpenRun(character, family, x, advance))
        x += advance
    return parts
