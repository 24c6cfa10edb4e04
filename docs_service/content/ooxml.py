"""Names and safe parsing of WordprocessingML (ECMA-376 Part 1)."""

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
DOCUMENT_PART = "word/document.xml"
STYLES_PART = "word/styles.xml"
TWIPS_PER_MM = 1440 / 25.4
EMU_PER_MM = 36_000


def w(name: str) -> str:
    """The qualified name of a WordprocessingML element or attribute."""
    return f"{{{W}}}{name}"


def parse_part(content: bytes) -> etree._Element:
    """The root of a part, without comments. Entities and the network stay closed. Raises
    etree.XMLSyntaxError.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    return etree.fromstring(content, parser)


def serialise_part(root: etree._Element) -> bytes:
    """A part as bytes, with the declaration that Word writes."""
    head = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return head + etree.tostring(root, encoding="UTF-8", xml_declaration=False)


def paragraph_text(paragraph: etree._Element) -> str:
    """All text of a paragraph, its line breaks as such."""
    return "".join(
        "\n" if element.tag == w("br") else element.text or "" for element in paragraph.iter(w("t"), w("br"))
    )


def style_names(styles_part: bytes) -> dict[str, str]:
    """Names of the paragraph styles by their ids."""
    names: dict[str, str] = {}
    for style in parse_part(styles_part).iter(w("style")):
        name = style.find(w("name"))
        if name is not None:
            names[style.get(w("styleId"), "")] = name.get(w("val"), "")
    return names


def style_id(paragraph: etree._Element) -> str:
    """Id of a paragraph's style; empty for the default style."""
    style = paragraph.find(f"{w('pPr')}/{w('pStyle')}")
    return "" if style is None else style.get(w("val"), "")
