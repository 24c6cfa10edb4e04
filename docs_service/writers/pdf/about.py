"""What a PDF says of itself beside its pages, in its information dictionary and in XMP."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path

from docs_service.layout import FontSet, cache_folder
from docs_service.layout.fonts import Face

MEDIA_TYPE = "application/pdf"
LANGUAGE = "zh-CN"

_COMMON = "信"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{issuer}</rdf:li></rdf:Seq></dc:creator>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class About:
    """What a PDF says about itself beside its pages. `identifier` is hexadecimal."""

    title: str
    issuer: str
    identifier: str
    custom: Mapping[str, str]


def xmp(about: About, producer: str) -> bytes:
    """The metadata of PDF/A-2a (ISO 19005-2 6.6.2); title and producer as in the information dictionary."""
    return _XMP.format(
        title=escape(about.title), issuer=escape(about.issuer), producer=escape(producer), language=LANGUAGE
    ).encode()


def usual_families(fonts: FontSet) -> tuple[str, ...]:
    """The family of each role that nearly every paper is set with."""
    return tuple(role.faces[0].slice_family(_COMMON) for role in fonts.roles.values())


def font_file(family: str, fonts: FontSet) -> tuple[Face, Path]:
    """The face of a family and its file, made on first use. A family's name begins with its face's digest and
    index.
    """
    _, digest, index, _ = family.split(" ")
    for role in fonts.roles.values():
        for face in role.faces:
            if face.digest.startswith(digest) and face.index == int(index):
                return face, face.slice_file(family, cache_folder())
    raise LookupError(family)
