"""Draws the pictures of the seal slot: `python -m docs_service.seals.draw`.

The product ships no office's seal. What it ships is a sample that says so, the dashed slot of a draft, and a
picture of nothing for a paper whose seal is pressed by hand.
"""

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from docs_service.layout.fonts import installed_fonts
from docs_service.layout.measures import SEAL_SIZE, FontRole

_PIXELS_PER_MM = 300 / 25.4
_OVERSAMPLING = 4
_RED = (200, 16, 24)
_GREY = (150, 150, 150)

Canvas = tuple[Image.Image, ImageDraw.ImageDraw, float]


def draw_all(folder: Path) -> None:
    """Draw sample, slot and nothing into the folder."""
    _save(_sample(), folder / "sample.png")
    _save(_slot(), folder / "slot.png")
    Image.new("RGBA", (1, 1), (255, 255, 255, 0)).save(folder / "none.png")


def _canvas() -> Canvas:
    size = round(SEAL_SIZE * _PIXELS_PER_MM) * _OVERSAMPLING
    mask = Image.new("L", (size, size), 0)
    return mask, ImageDraw.Draw(mask), size / SEAL_SIZE


def _font(role: FontRole, height: float) -> ImageFont.FreeTypeFont:
    face = installed_fonts().roles[role].faces[0]
    return ImageFont.truetype(str(face.path), round(height), index=face.index)


def _sample() -> tuple[Image.Image, tuple[int, int, int]]:
    mask, draw, mm = _canvas()
    edge = 0.6 * mm
    draw.ellipse((edge, edge, mask.width - edge, mask.height - edge), outline=255, width=round(1.2 * mm))
    _ring(mask, "文书样章仅供试用不具效力", radius=16.2 * mm, font=_font(FontRole.SONG, 4.6 * mm))
    draw.text((mask.width / 2, mask.height / 2), "样章", 255, _font(FontRole.TITLE, 8 * mm), anchor="mm")
    return mask, _RED


def _ring(mask: Image.Image, text: str, radius: float, font: ImageFont.FreeTypeFont) -> None:
    """Set a text around the centre, its characters' feet towards it, open at the bottom."""
    step = math.radians(300 / (len(text) - 1))
    for at, character in enumerate(text):
        angle = (at - (len(text) - 1) / 2) * step
        side = round(font.size * 1.6)
        tile = Image.new("L", (side, side), 0)
        ImageDraw.Draw(tile).text((side / 2, side / 2), character, 255, font, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), Image.Resampling.BICUBIC)
        x = mask.width / 2 + radius * math.sin(angle) - side / 2
        y = mask.height / 2 - radius * math.cos(angle) - side / 2
        mask.paste(255, (round(x), round(y)), tile)


def _slot() -> tuple[Image.Image, tuple[int, int, int]]:
    mask, draw, mm = _canvas()
    edge = 0.6 * mm
    box = (edge, edge, mask.width - edge, mask.height - edge)
    for start in range(0, 360, 8):
        draw.arc(box, start, start + 4.5, fill=255, width=round(0.4 * mm))
    draw.text(
        (mask.width / 2, mask.height * 0.24), "（印章）", 255, _font(FontRole.SONG, 5 * mm), anchor="mm"
    )
    return mask, _GREY


def _save(drawn: tuple[Image.Image, tuple[int, int, int]], path: Path) -> None:
    mask, colour = drawn
    small = mask.resize((mask.width // _OVERSAMPLING, mask.height // _OVERSAMPLING), Image.Resampling.LANCZOS)
    # Sixteen steps of one colour from clear to full: a fifth of the size of a picture in full colour.
    picture = small.point(lambda level: round(level / 17)).convert("P")
    picture.putpalette(colour * 16)
    picture.save(path, optimize=True, bits=4, transparency=bytes(range(0, 256, 17)))


if __name__ == "__main__":
    draw_all(Path(__file__).parent)
