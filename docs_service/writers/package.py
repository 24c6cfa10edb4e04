"""Open Packaging: the fixed parts of a .docx, and a ZIP that is the same bytes for the same parts."""

import io
import zipfile
from collections.abc import Mapping
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
_DOS_EPOCH = (1980, 1, 1, 0, 0, 0)


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
    app = f'<Properties xmlns="{_OFFICE}/extended-properties"><Application>Huiyin</Application></Properties>'
    entries = "".join(
        f'<property fmtid="{_PROPERTY_SET}" pid="{pid}" name="{escape(name)}">'
        f"<vt:lpwstr>{escape(value)}</vt:lpwstr></property>"
        for pid, (name, value) in enumerate(custom.items(), 2)
    )
    custom_part = (
        f'<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">'
        f"{entries}</Properties>"
    )
    return {CORE_PART: xml_part(core), APP_PART: xml_part(app), CUSTOM_PART: xml_part(custom_part)}


def write_package(parts: Mapping[str, bytes]) -> bytes:
    """The ZIP of the parts: fixed order, fixed dates, fixed compression."""
    target = io.BytesIO()
    first = (CONTENT_TYPES_PART, ROOT_RELATIONS_PART)
    names = [*first, *sorted(name for name in parts if name not in first)]
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, _DOS_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            archive.writestr(entry, parts[name], compresslevel=6)
    return target.getvalue()
