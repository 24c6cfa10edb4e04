"""Whether a file can be a seal's picture: a still, square PNG with a clear ground, of sensible size."""

import io
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

SMALLEST_SIDE = 20.0

_LARGEST_FILE = 1 << 20
_FEWEST_PIXELS, _MOST_PIXELS = 320, 2400
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ANIMATION, _END = b"acTL", b"IEND"


def check_picture(file: Path) -> Iterator[str]:
    """What is wrong with the file, as the end of a Chinese sentence."""
    try:
        if file.stat().st_size > _LARGEST_FILE:
            yield f"超过 {_LARGEST_FILE >> 10} KB"
            return
        content = file.read_bytes()
    except OSError:
        yield "读不了"
        return
    if not content.startswith(_SIGNATURE) or len(content) < 33:
        yield "不是 PNG"
        return
    # The size is read before anything is unpacked: a small file may hold a picture of any size.
    width, height = struct.unpack(">2I", content[16:24])
    if not _FEWEST_PIXELS <= min(width, height) <= max(width, height) <= _MOST_PIXELS:
        yield f"有 {width} × {height} 个像素，每边应当为 {_FEWEST_PIXELS} 至 {_MOST_PIXELS} 个"
        return
    if abs(width - height) * 100 > width:
        yield f"不是正方形（{width} × {height} 个像素）"
    names = list(_whole_chunks(content))
    if names[-1:] != [_END]:
        yield "已经损坏"
        return
    if _ANIMATION in names:
        yield "是动画"
        return
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            alpha = picture.convert("RGBA").getchannel("A")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        yield "已经损坏"
        return
    clearest, fullest = alpha.getextrema()
    if clearest != 0:
        yield "没有透明的底色，会盖住文字"
    elif fullest == 0:
        yield "全部透明，没有印章"


def _whole_chunks(content: bytes) -> Iterator[bytes]:
    """Names of the chunks up to the first that is broken; Pillow may have been told to let such pass."""
    at = len(_SIGNATURE)
    while at + 12 <= len(content):
        (size,) = struct.unpack(">I", content[at : at + 4])
        body, told = content[at + 4 : at + 8 + size], content[at + 8 + size : at + 12 + size]
        if told != struct.pack(">I", zlib.crc32(body)):
            return
        yield body[:4]
        at += size + 12
