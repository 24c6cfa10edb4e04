"""Another office program opens what we write: the same words, on as many pages within one.

A check outside the hot path: it wants LibreOffice on the path and HUIYIN_LONG=1.
"""

import io
import subprocess
from collections import Counter
from pathlib import Path
from shutil import which

import pdfplumber
import pytest

from docs_service import Format, render
from docs_service.layout import measures as m
from tests.docs_service.conftest import CASES, order_of
from tests.reference.profile import LONG

PROGRAM = which("soffice")
# LibreOffice 7.4 does not paint a comma that would end beyond the line; our styles say that none hangs.
NOT_ALWAYS_PAINTED = frozenset("，、。；：")
pytestmark = pytest.mark.skipif(not LONG or PROGRAM is None, reason="LibreOffice and HUIYIN_LONG=1")


@pytest.fixture(scope="module")
def opened(tmp_path_factory) -> Path:
    """A folder with every case as LibreOffice prints its .docx."""
    folder = tmp_path_factory.mktemp("libreoffice")
    for case in CASES:
        (folder / f"{case}.docx").write_bytes(render(order_of(case, Format.DOCX)).content)
    subprocess.run(
        [str(PROGRAM), f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(folder), *map(str, sorted(folder.glob("*.docx")))],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip
    return folder


def read(content: bytes) -> tuple[Counter[str], int]:
    """How often each word's character stands above the page numbers, and how many pages there are."""
    below = (m.MARGIN_TOP + m.TEXT_HEIGHT) * 72 / 25.4
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        characters = Counter(
            char["text"] for page in pdf.pages for char in page.chars
            if char["bottom"] < below + 2 * 72 / 25.4 and not char["text"].isspace()
            and char["text"] not in NOT_ALWAYS_PAINTED
        )  # fmt: skip
        return characters, len(pdf.pages)


def test_libreoffice_shows_the_same_paper(case, opened):
    ours, pages = read(render(order_of(case)).content)
    theirs, their_pages = read((opened / f"{case}.pdf").read_bytes())
    assert abs(their_pages - pages) <= 1
    # A head repeated on another page is the table's, not the paper's.
    heads = Counter("序号信访件编号反映事项") if pages > 1 or their_pages > 1 else Counter()
    assert not ((ours - theirs) | (theirs - ours)) - heads
