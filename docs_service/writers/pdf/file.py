"""A PDF file as numbered objects, written once (ISO 32000-1 7.5)."""

import hashlib
import zlib

_HEADER = b"%PDF-1.7\n%\xe5\x9b\x9e\xe9\x9f\xb3\n"
_LEVEL = 6


class PdfFile:
    """Objects in the order of their numbers; an object is the bytes between its `obj` and `endobj`."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def reserve(self) -> int:
        """A number for an object that comes later."""
        self._objects.append(b"null")
        return len(self._objects)

    def put(self, number: int, body: str) -> None:
        """The object of a reserved number."""
        self._objects[number - 1] = body.encode("ascii")

    def add(self, body: str) -> int:
        """A new object; its number."""
        self._objects.append(body.encode("ascii"))
        return len(self._objects)

    def add_stream(self, entries: str, content: bytes, *, is_deflated: bool = False) -> int:
        """A new stream with these entries beside length and filter; its number."""
        packed = content if is_deflated else deflated(content)
        head = f"<<{entries}/Filter/FlateDecode/Length {len(packed)}>>stream\n".encode("ascii")
        self._objects.append(head + packed + b"\nendstream")
        return len(self._objects)

    def add_plain_stream(self, entries: str, content: bytes) -> int:
        """A new stream that is left readable; its number."""
        head = f"<<{entries}/Length {len(content)}>>stream\n".encode("ascii")
        self._objects.append(head + content + b"\nendstream")
        return len(self._objects)

    def finish(self, root: int, info: int, identifier: str) -> bytes:
        """The file. `identifier` is hexadecimal; beside it stands a digest of the content (14.4)."""
        parts = [_HEADER]
        places = []
        at = len(_HEADER)
        for number, body in enumerate(self._objects, 1):
            part = b"%d 0 obj\n%b\nendobj\n" % (number, body)
            places.append(b"%010d 00000 n \n" % at)
            parts.append(part)
            at += len(part)
        content = b"".join(parts)
        digest = hashlib.sha256(content).hexdigest()[:32]
        size = len(self._objects) + 1
        trailer = (
            f"trailer\n<</Size {size}/Root {root} 0 R/Info {info} 0 R"
            f"/ID[<{identifier[:32]}><{digest}>]>>\nstartxref\n{at}\n%%EOF\n"
        )
        table = b"xref\n0 %d\n0000000000 65535 f \n%b" % (size, b"".join(places))
        return content + table + trailer.encode("ascii")


def deflated(content: bytes, *, repeats: bool = True) -> bytes:
    """The content as a stream keeps it. Where hardly anything repeats, as in outlines, a twentieth more bytes
    take a quarter of the time.
    """
    packer = zlib.compressobj(_LEVEL, strategy=zlib.Z_DEFAULT_STRATEGY if repeats else zlib.Z_HUFFMAN_ONLY)
    return packer.compress(content) + packer.flush()


def text_string(text: str) -> str:
    """A text string: UTF-16 with its mark, in hexadecimal (7.9.2.2)."""
    return f"<FEFF{text.encode('utf-16-be').hex().upper()}>"


def name(text: str) -> str:
    """A name: what is neither a letter, a digit, a dash nor a low line is written as its number (7.3.5)."""
    return "/" + "".join(
        chr(byte) if (chr(byte).isalnum() and byte < 0x80) or byte in b"-_+" else f"#{byte:02X}"
        for byte in text.encode()
    )
