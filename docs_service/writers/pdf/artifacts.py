"""Takes page numbers, marks of a draft and rules out of a PDF's structure: they are artifacts, not text.

WeasyPrint tags everything that has a text. What it calls NonStruct here is furniture of the page.
"""

from typing import Any

_FURNITURE = "/NonStruct"


def mark_artifacts(_: object, pdf: Any) -> None:
    """Mark the furniture's content as artifact and drop it from the structure. A finisher of WeasyPrint."""
    objects = {entry.reference: entry for entry in pdf.objects}
    elements = {
        reference: entry
        for reference, entry in objects.items()
        if isinstance(entry, dict) and entry.get("Type") == "/StructElem"
    }
    pages: dict[bytes, tuple[int, list[Any]]] = {}
    for reference, entry in objects.items():
        if isinstance(entry, dict) and entry.get("Type") == "/Page":
            pages[reference] = (len(pages), objects[entry["Contents"]].stream)
    parent_tree = objects[objects[pdf.catalog["StructTreeRoot"]]["ParentTree"]]["Nums"]
    for reference, element in elements.items():
        if element["S"] == _FURNITURE:
            at, stream = pages[element["Pg"]]
            content = _content_of(element, elements)
            _unmark(stream, content)
            for number in content:
                parent_tree[2 * at + 1][number] = "null"
            elements[element["P"]]["K"].remove(reference)


def _content_of(element: Any, elements: dict[bytes, Any]) -> set[int]:
    """Numbers of the marked content below an element."""
    found: set[int] = set()
    for kid in element["K"]:
        found |= {kid} if isinstance(kid, int) else _content_of(elements[kid], elements)
    return found


def _unmark(stream: list[Any], content: set[int]) -> None:
    for at in range(len(stream) - 1, 1, -1):
        if stream[at] == b"BDC" and stream[at - 1].get("MCID") in content:
            stream[at - 2 : at + 1] = ["/Artifact", b"BMC"]
