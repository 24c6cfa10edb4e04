"""Which writer sets the PDFs of this process."""

import os
from collections.abc import Callable
from dataclasses import dataclass

from docs_service.content import Finding
from docs_service.layout import FontSet, Page, harfbuzz_version
from docs_service.writers.pdf import drawn, embedding, weasyprint
from docs_service.writers.pdf.about import About
from service_kit.problems import RefusedError

WRITER_SETTING = "HUIYIN_PDF_WRITER"


@dataclass(frozen=True, slots=True)
class PdfWriter:
    """A writer: the same pages give the same bytes in any process.

    `prepare` does beforehand what would make the first paper wait.
    `packages` are the distributions whose versions its bytes depend on, `library` what else they depend on.
    """

    name: str
    write: Callable[[tuple[Page, ...], About, FontSet], bytes]
    prepare: Callable[[FontSet], None]
    packages: tuple[str, ...]
    library: Callable[[], str]


WRITERS = {
    writer.name: writer
    for writer in (
        PdfWriter("drawn", drawn.write_pdf, embedding.prepare, ("fonttools", "pillow"), harfbuzz_version),
        PdfWriter(
            "weasyprint",
            weasyprint.write_pdf,
            weasyprint.prepare,
            ("weasyprint", "pydyf", "fonttools"),
            harfbuzz_version,
        ),
    )
}


def pdf_writer() -> PdfWriter:
    """The writer that the setting HUIYIN_PDF_WRITER names: `drawn`, where it names none.

    `drawn` puts the composed pages straight into the file. `weasyprint` lets WeasyPrint paint them: many
    times slower, and what the other is compared with. Raises RefusedError for another name.
    """
    name = os.environ.get(WRITER_SETTING) or "drawn"
    if name not in WRITERS:
        known = "、".join(WRITERS)
        raise RefusedError(
            [Finding.PDF_WRITER_UNKNOWN.at(WRITER_SETTING, name=name, setting=WRITER_SETTING, known=known)]
        )
    return WRITERS[name]
