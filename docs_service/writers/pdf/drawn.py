"""Draws composed pages straight into a tagged PDF/A-2a (ISO 19005-2): everything has its place already."""

import io
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from PIL import Image

from docs_service.layout import FontSet, Page, PictureKind
from docs_service.layout.measures import MM_PER_POINT, PAGE_HEIGHT, PAGE_WIDTH
from docs_service.layout.pages import Picture, Rule, TextBlock
from docs_service.seals import EMPTY_SLOT, slot_picture
from docs_service.writers.pdf import structure
from docs_service.writers.pdf.about import LANGUAGE, About, xmp
from docs_service.writers.pdf.embedding import UsedFonts
from docs_service.writers.pdf.file import PdfFile, deflated, name, text_string
from docs_service.writers.pdf.structure import ARTIFACTS, TAGS, Element, StructureTree

ALTERNATIVE = {PictureKind.SEAL: "印章", PictureKind.EMPTY_SLOT: "印章位（样稿未用印）"}
_BOX = f"[0 0 {PAGE_WIDTH / MM_PER_POINT:.3f} {PAGE_HEIGHT / MM_PER_POINT:.3f}]"
_CONDITION = "(sRGB IEC61966-2.1)"


def write_pdf(pages: tuple[Page, ...], about: About, fonts: FontSet) -> bytes:
    """The pages as PDF/A-2a. The same pages give the same bytes in any process."""
    file = PdfFile()
    tree = StructureTree(file)
    used = UsedFonts(fonts)
    pictures = _Pictures(file)
    parent, resources = file.reserve(), file.reserve()
    kids = []
    for at, page in enumerate(pages):
        drawing = _Drawing(used, pictures)
        content = file.add_stream("", drawing.draw(page))
        number = file.add(
            f"<</Type/Page/Parent {parent} 0 R/MediaBox{_BOX}/Resources {resources} 0 R"
            f"/Contents {content} 0 R/StructParents {at}/Tabs/S>>"
        )
        tree.add_page(number, drawing.elements, drawing.contents)
        kids.append(number)
    file.put(parent, f"<</Type/Pages/Count {len(kids)}/Kids[{''.join(f'{kid} 0 R ' for kid in kids)}]>>")
    file.put(resources, f"<</Font<<{used.embed(file)}>>/XObject<<{pictures.entries}>>>>")
    producer = _producer()
    metadata = file.add_plain_stream("/Type/Metadata/Subtype/XML", xmp(about, producer))
    profile = file.add_stream("/N 3", _colour_profile(), is_deflated=True)
    root = file.add(
        f"<</Type/Catalog/Pages {parent} 0 R/Lang({LANGUAGE})/MarkInfo<</Marked true>>"
        f"/ViewerPreferences<</DisplayDocTitle true>>/StructTreeRoot {tree.finish()} 0 R"
        f"/Metadata {metadata} 0 R/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1"
        f"/OutputConditionIdentifier{_CONDITION}/Info{_CONDITION}/DestOutputProfile {profile} 0 R>>]>>"
    )
    custom = "".join(f"{name(key)}{text_string(value)}" for key, value in about.custom.items())
    info = file.add(
        f"<</Title{text_string(about.title)}/Author{text_string(about.issuer)}"
        f"/Producer{text_string(producer)}{custom}>>"
    )
    return file.finish(root, info, about.identifier)


@cache
def _producer() -> str:
    return f"Huiyin {version('huiyin')}"


@cache
def _colour_profile() -> bytes:
    """The profile sRGB2014 of the International Color Consortium, as WeasyPrint carries it, deflated."""
    package = find_spec("weasyprint")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("weasyprint")
    return deflated((Path(package.origin).parent / "pdf" / "sRGB2014.icc").read_bytes())


class _Drawing:
    """Draws one page; gathers its elements and counts its marked contents."""

    def __init__(self, fonts: UsedFonts, pictures: "_Pictures") -> None:
        self._fonts = fonts
        self._pictures = pictures
        self._numbers = count()
        self.elements: list[Element] = []
        self.contents = 0

    def draw(self, page: Page) -> bytes:
        """The page's content stream."""
        parts = list(map(_rule, page.rules))
        marked: list[tuple[TextBlock, int]] = []
        for block in page.texts:
            if block.style in ARTIFACTS:
                parts.append(f"/Artifact<</Type/Pagination>>BDC\n{self._text(block)}EMC\n")
            elif block.lines:
                number = next(self._numbers)
                tag = TAGS.get(block.style, "P")
                parts.append(f"/{tag}<</MCID {number}>>BDC\n{self._text(block)}EMC\n")
                marked.append((block, number))
            else:
                marked.append((block, -1))
        self.elements += structure.of_texts(marked)
        parts += [self._picture(picture) for picture in page.pictures]
        self.contents = next(self._numbers)
        return "".join(parts).encode("ascii")

    def _text(self, block: TextBlock) -> str:
        lines = "".join(self._lines(block))
        return f"BT\n{_colour(block.colour)} rg\n{lines}ET\n"

    def _lines(self, block: TextBlock) -> Iterator[str]:
        for placed in block.lines:
            y = _up(placed.baseline(block.size))
            for run in placed.line.runs:
                font, codes, is_shared = self._fonts.show(run.family, run.text)
                shown = (
                    f"{font} {block.size:g} Tf {_points(run.spacing)} Tc "
                    f"1 0 0 1 {_points(placed.x + run.x)} {y} Tm<{codes}>Tj\n"
                )
                yield _with_text(shown, run.text) if is_shared else shown

    def _picture(self, picture: Picture) -> str:
        number = next(self._numbers)
        x, y, size = _points(picture.x), _up(picture.y + picture.size), _points(picture.size)
        box = f"{x} {y} {_points(picture.x + picture.size)} {_up(picture.y)}"
        self.elements.append(structure.picture(ALTERNATIVE[picture.kind], box, number))
        name_ = self._pictures.name_of(picture)
        return f"/Figure<</MCID {number}>>BDC q {size} 0 0 {size} {x} {y} cm {name_} Do Q EMC\n"


class _Pictures:
    """The pictures of a file, each put into it once."""

    def __init__(self, file: PdfFile) -> None:
        self._file = file
        self._names: dict[str, str] = {}
        self.entries = ""

    def name_of(self, picture: Picture) -> str:
        """The picture's name in the pages."""
        key = EMPTY_SLOT if picture.kind is PictureKind.EMPTY_SLOT else picture.key
        if key not in self._names:
            self._names[key] = f"/P{len(self._names)}"
            self.entries += f"{self._names[key]} {self._embed(key)} 0 R"
        return self._names[key]

    def _embed(self, key: str) -> int:
        size, colours, coverage = _image(slot_picture(key))
        entries = f"/Type/XObject/Subtype/Image{size}/BitsPerComponent 8"
        mask = self._file.add_stream(f"{entries}/ColorSpace/DeviceGray", coverage, is_deflated=True)
        return self._file.add_stream(
            f"{entries}/ColorSpace/DeviceRGB/SMask {mask} 0 R", colours, is_deflated=True
        )


@lru_cache(maxsize=32)
def _image(content: bytes) -> tuple[str, bytes, bytes]:
    """Size, colours and coverage of a PNG, deflated: a seal is the same on thousands of papers."""
    with Image.open(io.BytesIO(content)) as image:
        pixels = image.convert("RGBA")
    size = f"/Width {pixels.width}/Height {pixels.height}"
    return size, deflated(pixels.convert("RGB").tobytes()), deflated(pixels.getchannel("A").tobytes())


def _with_text(shown: str, text: str) -> str:
    """What is shown with the text that it stands for (ISO 32000-1 14.9.4)."""
    return f"/Span<</ActualText{text_string(text)}>>BDC\n{shown}EMC\n"


def _rule(rule: Rule) -> str:
    place = f"{_points(rule.x)} {_up(rule.y + rule.height)} {_points(rule.width)} {_points(rule.height)}"
    return f"/Artifact<</Type/Layout>>BDC {_colour(rule.colour)} rg {place} re f EMC\n"


@cache
def _colour(colour: str) -> str:
    """`#rrggbb` as three parts of one."""
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.4g}" for at in (1, 3, 5))


def _points(mm: float) -> str:
    return f"{mm / MM_PER_POINT:.4f}"


def _up(y: float) -> str:
    """A height above the page's lower edge, in points, from one below its upper edge, in millimetres."""
    return f"{(PAGE_HEIGHT - y) / MM_PER_POINT:.4f}"
