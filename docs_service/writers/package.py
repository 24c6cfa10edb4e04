"""Open Packaging: the fixed parts of a .docx, and a ZIP that is the same bytes for the same parts."""

import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from xml.sax.saxutils import escape

CORE_PART = "docProps/core.xml"
APP_PART = "docProps/app.xml"
CUSTOM_PART = "docProps/custom.xml"
CONTENT_TYPES_PART = "[Content_Types].xml"
ROOT_RELATIONS_PART = "_rels/.rels"

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_TYPES = "application/vnd.openxmlformats-officedocument"
_PROPERTY_SET = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"

_ROOT_RELATIONS = (
    (f"{_OFFICE}/relationships/officeDocument", "word/document.xml"),
    (f"{_PACKAGE}/relationships/metadata/core-properties", CORE_PART),
    (f"{_OFFICE}/relationships/extended-properties", APP_PART),
    (f"{_OFFICE}/relationships/custom-properties", CUSTOM_PART),
)
_OVERRIDES = {
    "/word/document.xml": f"{_TYPES}.wordprocessingml.document.main+xml",
    "/word/styles.xml": f"{_TYPES}.wordprocessingml.styles+xml",
    "/word/settings.xml": f"{_TYPES}.wordprocessingml.settings+xml",
    f"/{CORE_PART}": "application/vnd.openxmlformats-package.core-properties+xml",
    f"/{APP_PART}": f"{_TYPES}.extended-properties+xml",
    f"/{CUSTOM_PART}": f"{_TYPES}.custom-properties+xml",
}

# The ZIP records (APPNOTE 4.3.7, 4.3.12, 4.3.16), from the version needed on: local header, directory, end.
_LOCAL = struct.Struct("<4s5H3I2H")
_DIRECTORY = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_VERSION = 20
_FIRST_OF_1980 = (1 << 5) | 1
_READ_AND_WRITE = 0o600 << 16
_STORED, _DEFLATED = 0, 8
_NAME_IS_UTF_8 = 1 << 11
_LEVEL = 6


def xml_part(body: str) -> bytes:
    """A part with the declaration that Word writes."""
    return (_HEAD + body).encode()


def content_types(running_parts: Mapping[str, str]) -> bytes:
    """[Content_Types].xml; running_parts gives "header" or "footer" by part name."""
    overrides = dict(_OVERRIDES)
    overrides |= {f"/{name}": f"{_TYPES}.wordprocessingml.{kind}+xml" for name, kind in running_parts.items()}
    entries = "".join(f'<Override PartName="{n}" ContentType="{t}"/>' for n, t in overrides.items())
    return xml_part(
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="png" ContentType="image/png"/>'
        f"{entries}</Types>"
    )


def relations(targets: tuple[tuple[str, str], ...]) -> bytes:
    """A relationships part; ids are rId1, rId2, … in order of the (type, target) pairs."""
    entries = "".join(
        f'<Relationship Id="rId{at}" Type="{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets, 1)
    )
    return xml_part(f'<Relationships xmlns="{_PACKAGE}/relationships">{entries}</Relationships>')


def root_relations() -> bytes:
    """_rels/.rels."""
    return relations(_ROOT_RELATIONS)


def office_relation(kind: str) -> str:
    """Full name of a relationship type of WordprocessingML."""
    return f"{_OFFICE}/relationships/{kind}"


def properties(title: str, author: str, day: date, custom: Mapping[str, str]) -> dict[str, bytes]:
    """The parts of document properties. Created and modified are the paper's own day, never the clock's."""
    moment = f"{day.isoformat()}T00:00:00Z"
    core = (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title><dc:creator>{escape(author)}</dc:creator>"
        "<dc:language>zh-CN</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified></cp:coreProperties>'
    )
    entries = "".join(
        f'<property fmtid="{_PROPERTY_SET}" pid="{pid}" name="{escape(name)}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for pid, (name, value) in enumerate(custom.items(), 2)
    )
    custom_part = (
        f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        f"{entries}</Properties>"
    )
    return {CORE_PART: xml_part(core), CUSTOM_PART: xml_part(custom_part)}


def app_properties() -> dict[str, bytes]:
    """The part that names the program."""
    app = f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>Huiyin</Application></Properties>'
    return {APP_PART: xml_part(app)}


@dataclass(frozen=True, slots=True)
class Entry:
    """A part as it lies in a ZIP."""

    name: bytes
    flags: int
    method: int
    crc: int
    size: int
    packed: bytes


def packed(name: str, content: bytes, level: int = _LEVEL) -> Entry:
    """The part compressed, or stored as it is for level 0."""
    flags = 0 if name.isascii() else _NAME_IS_UTF_8
    crc, size = zlib.crc32(content), len(content)
    if level == 0:
        return Entry(name.encode(), flags, _STORED, crc, size, content)
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return Entry(name.encode(), flags, _DEFLATED, crc, size, deflate.compress(content) + deflate.flush())


@dataclass(frozen=True, slots=True)
class Shelf:
    """The beginning of a ZIP: the bytes of its entries, and what the directory says of them."""

    content: bytes = b""
    directory: bytes = b""
    count: int = 0

    def with_entries(self, entries: Iterable[Entry]) -> "Shelf":
        """The shelf with more entries. Dates are fixed: the same entries are the same bytes."""
        content, directory = [self.content], [self.directory]
        offset, count = len(self.content), self.count
        for entry in entries:
            head = (entry.flags, entry.method, 0, _FIRST_OF_1980, entry.crc, len(entry.packed), entry.size)
            local = _LOCAL.pack(b"PK\3\4", _VERSION, *head, len(entry.name), 0) + entry.name
            content += (local, entry.packed)
            told = (len(entry.name), 0, 0, 0, 0, _READ_AND_WRITE, offset)
            directory += (_DIRECTORY.pack(b"PK\1\2", _VERSION, _VERSION, *head, *told), entry.name)
            offset += len(local) + len(entry.packed)
            count += 1
        return Shelf(b"".join(content), b"".join(directory), count)

    def closed(self) -> bytes:
        """The whole ZIP."""
        size, offset = len(self.directory), len(self.content)
        end = _END.pack(b"PK\5\6", 0, 0, self.count, self.count, size, offset, 0)
        return b"".join((self.content, self.directory, end))


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """The ZIP of the parts: fixed order, fixed dates, fixed compression."""
    return Shelf().with_entries(packed(name, parts[name]) for name in part_order(parts)).closed()


def part_order(parts: Iterable[str]) -> list[str]:
    """Names of parts as a package holds them: the types of its parts first."""
    first = (CONTENT_TYPES_PART, ROOT_RELATIONS_PART)
    return [*first, *sorted(name for name in parts if name not in first)]
