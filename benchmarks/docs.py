"""Papers beside peers, in the same run and of the same words: `python -m benchmarks.docs`.

Writes benchmarks/RESULTS-docs.md. Figures are CPU milliseconds of this process unless a row says otherwise,
so that other work on the machine does not count.
"""

import argparse
import base64
import gc
import io
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from html import escape
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from shutil import which
from typing import Any

from docs_service import Format, Party, RenderOrder, render, shipped_catalogue
from docs_service.catalogue import CATALOGUE_FOLDER, load_cases
from docs_service.content import Paragraph, Style, paragraphs_of, read_data
from docs_service.content.template import template_environment
from docs_service.layout.fonts import cache_folder, installed_fonts
from docs_service.layout.measures import STYLE_MEASURES, FontRole
from docs_service.render import fill
from docs_service.seals import SAMPLE_SEAL, slot_picture
from docs_service.writers.pdf import WRITER_SETTING

RESULTS = Path(__file__).with_name("RESULTS-docs.md")
PLOT = RESULTS.with_name("papers.svg")
CASE = ("N02", "accepted")
_FIRST = """
import sys, time
start = time.perf_counter()
from benchmarks.docs import paper_order, render
from docs_service.catalogue import shipped_catalogue
from docs_service.render import warm_up
warm_up(shipped_catalogue())
ready = time.perf_counter()
render(paper_order())
print(ready - start, time.perf_counter() - ready)
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """CPU milliseconds of one way to make the paper."""

    name: str
    p50: float
    p99: float
    size: int

    def times(self, other: "Timing") -> float:
        """How many times faster than the other."""
        return other.p50 / self.p50


def paper_order(form: Format = Format.PDF) -> RenderOrder:
    """The paper that is measured: one page with a seal."""
    code, name = CASE
    case = load_cases(CATALOGUE_FOLDER, code)[name]
    return RenderOrder(
        code,
        json.dumps(case["data"]),
        form,
        case.get("variant", ""),
        seal=SAMPLE_SEAL,
        number=case["number"],
        forbidden_recipients=tuple(Party(**it) for it in case.get("forbidden_recipients", ())),
    )


def measure(name: str, make: Callable[[int], bytes], runs: int) -> Timing:
    """Make the paper that often, each time of other words."""
    size = len(make(0))
    make(1)
    # As a server does once it has loaded what it keeps.
    gc.collect()
    gc.freeze()
    spent = []
    for at in range(2, runs + 2):
        start = time.process_time()
        make(at)
        spent.append((time.process_time() - start) * 1000)
    spent.sort()
    return Timing(name, spent[len(spent) // 2], spent[min(len(spent) - 1, int(len(spent) * 0.99))], size)


def _case_no(at: int) -> str:
    return f"YL2024{at:08}"


def other_words(order: RenderOrder, at: int) -> RenderOrder:
    """The same order about another matter, so that nothing can be kept from the last one."""
    data = json.loads(order.data_json)
    data["case_no"] = _case_no(at)
    return replace(order, data_json=json.dumps(data))


def ours(form: Format, writer: str = "drawn") -> Callable[[int], bytes]:
    """Our own way: from the data in JSON to the file."""
    os.environ[WRITER_SETTING] = writer
    order = paper_order(form)
    return lambda at: render(other_words(order, at)).content


def filled_words() -> Callable[[int], list[Paragraph]]:
    """The paper's paragraphs with their words in them, of other words each time; a peer is not charged for
    filling them in.
    """
    order = other_words(paper_order(), 0)
    paragraphs = list(paragraphs_of(fill(order, shipped_catalogue(), installed_fonts()).blocks))
    return lambda at: [replace(p, text=p.text.replace(_case_no(0), _case_no(at))) for p in paragraphs]


def plain_docxtpl(at: int) -> bytes:
    """Docxtpl as its documentation shows it, with the sandbox and the escaping that a service needs."""
    import docxtpl

    order = other_words(paper_order(Format.DOCX), at)
    kind = shipped_catalogue().types[order.type]
    fields = kind.fields_of(order.variant or kind.variants[0].code)
    values, _ = read_data(fields, json.loads(order.data_json), kind.date_orders)
    absent = {field.name: None for field in kind.fields if field not in fields}
    words = {"doc_no": order.number, "variant": kind.variants[0].code, "draft": False}
    template = docxtpl.DocxTemplate(io.BytesIO(kind.template))
    template.render({**absent, **values, **words}, jinja_env=template_environment(), autoescape=True)
    saved = io.BytesIO()
    template.save(saved)
    return saved.getvalue()


def _html(paragraphs: list[Paragraph], family: str, face: str) -> str:
    seal = base64.b64encode(slot_picture(SAMPLE_SEAL)).decode()
    rules = []
    for style in Style:
        measures = STYLE_MEASURES[style]
        align = {"fill": "justify", "left": "left", "centre": "center", "right": "right"}[measures.align]
        rules.append(
            f".{style.name}{{font-size:{measures.size}pt;text-align:{align};text-indent:{measures.first_indent}em}}"
        )
    body = "".join(f'<p class="{p.style.name}">{escape(p.text)}</p>' for p in paragraphs)
    return (
        f"<html lang=zh-CN><head><style>{face} @page{{size:A4;margin:37mm 26mm 35mm 28mm}}"
        f"body{{font-family:'{family}';line-height:10.227mm}} p{{margin:0}} {''.join(rules)}</style></head>"
        f'<body>{body}<img style="width:42mm" src="data:image/png;base64,{seal}"></body></html>'
    )


def naive_weasyprint(family: str, face: str = "") -> Callable[[int], bytes]:
    """WeasyPrint called with a page as HTML, untagged, nothing kept between calls."""
    import weasyprint

    words = filled_words()

    def make(at: int) -> bytes:
        content: bytes = weasyprint.HTML(string=_html(words(at), family, face)).write_pdf()
        return content

    return make


def prepared_font() -> tuple[str, str]:
    """Family and @font-face of the small file that our own pages are set with."""
    face = installed_fonts().roles[FontRole.BODY].faces[0]
    path = face.slice_file(face.slice_family("信"), cache_folder())
    return "prepared", f"@font-face{{font-family:prepared;src:url(file://{path})}}"


def typst_compiler() -> Callable[[int], bytes] | None:
    """Typst with one compiler kept, where it is installed."""
    try:
        import typst
    except ImportError:
        return None
    words = filled_words()
    page = (
        '#set page(paper: "a4", margin: (top: 37mm, right: 26mm, bottom: 35mm, left: 28mm))\n'
        '#set text(font: "Noto Serif CJK SC", size: 16pt, lang: "zh")\n'
        "#set par(justify: true, leading: 13pt)\n"
    )
    folder = Path(tempfile.mkdtemp())
    (folder / "seal.png").write_bytes(slot_picture(SAMPLE_SEAL))
    (folder / "page.typ").write_text(
        page + '#for line in json(bytes(sys.inputs.data)) [#par[#line]]\n#image("seal.png", width: 42mm)'
    )
    compiler: Any = typst.Compiler(str(folder / "page.typ"))

    def make(at: int) -> bytes:
        lines = json.dumps([p.text for p in words(at)], ensure_ascii=False)
        content: bytes = compiler.compile(format="pdf", sys_inputs={"data": lines})
        return content

    return make


def libreoffice(files: int) -> str | None:
    """Wall milliseconds a paper of one call that converts many, where it is installed."""
    program = which("soffice")
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        for at in range(files):
            (Path(folder) / f"{at}.docx").write_bytes(plain_docxtpl(at))
        start = time.perf_counter()
        subprocess.run(  # noqa: S603  the office program on the path
            [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
             "--outdir", folder, *map(str, Path(folder).glob("*.docx"))],
            check=True, capture_output=True, timeout=600,
        )  # fmt: skip
        spent = (time.perf_counter() - start) * 1000 / files
        made = len(list(Path(folder).glob("*.pdf")))
    return f"{spent:.0f}" if made == files else None


def _many(papers: int) -> float:
    make = ours(Format.PDF)
    make(0)
    start = time.perf_counter()
    for at in range(papers):
        make(at)
    return papers / (time.perf_counter() - start)


def of_two_workers(papers: int) -> tuple[float, float]:
    """Papers a second of one process and of two, by the clock."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        list(pool.map(_many, [2, 2]))
        one = pool.submit(_many, papers).result()
        two = sum(pool.map(_many, [papers, papers]))
    return one, two


def first_request() -> tuple[float, float]:
    """Seconds until a new process is warm, and of its first paper after that."""
    command = [sys.executable, "-c", _FIRST]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    ready, first = map(float, done.stdout.split())
    return ready, first


def growth(papers: int) -> float:
    """Megabytes that the process grows over so many papers, after the first fifty."""
    make = ours(Format.PDF)
    for at in range(50):
        make(at)
    before = _resident()
    for at in range(papers):
        make(at)
    return _resident() - before


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


WAYS: dict[str, Callable[[], Callable[[int], bytes] | None]] = {
    "ours, .docx": partial(ours, Format.DOCX),
    "docxtpl, .docx": lambda: plain_docxtpl,
    "ours, drawn, tagged PDF/A-2a": partial(ours, Format.PDF),
    "ours, painted by WeasyPrint, tagged PDF/A-2a": partial(ours, Format.PDF, "weasyprint"),
    "WeasyPrint, naive, full Noto, untagged": partial(naive_weasyprint, "Noto Serif CJK SC"),
    "WeasyPrint, naive, our prepared font, untagged": lambda: naive_weasyprint(*prepared_font()),
    "typst, one Compiler kept, untagged": typst_compiler,
}


def measured(name: str, runs: int) -> Timing | None:
    """Measure one way; called in a process of its own, since each has its own configuration of fonts."""
    make = WAYS[name]()
    return None if make is None else measure(name, make, runs)


def run(runs: int, papers: int) -> str:
    """Measure everything; the results as Markdown."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        told = [pool.submit(measured, name, runs).result() for name in WAYS]
        grown = pool.submit(growth, papers).result()
    docx, docxtpl, pdf, painted, noto, small, *others = [timing for timing in told if timing is not None]
    rows = [pdf, painted, noto, small, *others]
    _plot(rows)
    office = libreoffice(10)
    one, two = of_two_workers(10 * runs)
    ready, first = first_request()
    lines = [
        "# Papers beside peers",
        "",
        f"{CASE[0]} {CASE[1]}: one page with a seal. Python {platform.python_version()}, "
        f"WeasyPrint {version('weasyprint')}, docxtpl {version('docxtpl')}; {runs} runs a row, "
        "CPU milliseconds, every run of other words. Ours begins with the data in JSON and checks it; a peer "
        "is given its words filled in.",
        "",
        "| DOCX | p50 | p99 | bytes |",
        "|---|---|---|---|",
        *(f"| {row.name} | {row.p50:.2f} | {row.p99:.2f} | {row.size} |" for row in (docx, docxtpl)),
        "",
        "| PDF | p50 | p99 | bytes |",
        "|---|---|---|---|",
        *(f"| {row.name} | {row.p50:.1f} | {row.p99:.1f} | {row.size} |" for row in rows),
    ]
    if office is not None:
        lines.append(f"| docxtpl + LibreOffice, ten files in one call, by the clock | {office} | | |")
    lines += [
        "",
        "| figure | value | goal |",
        "|---|---|---|",
        f"| DOCX, times faster than docxtpl | {docx.times(docxtpl):.1f} | >= 40 |",
        f"| PDF, times faster than naive WeasyPrint on full Noto | {pdf.times(noto):.2f} | >= 2.5 |",
        f"| PDF, times faster than naive WeasyPrint on our font | {pdf.times(small):.2f} | >= 1.2 |",
        f"| PDF, p99 / p50 | {pdf.p99 / pdf.p50:.2f} | <= 2 |",
        f"| papers a second, one process and two | {one:.1f}, {two:.1f} ({two / one:.2f}) | >= 1.9 |",
        f"| seconds until a process is warm; first paper then | {ready:.2f}; {first:.2f} | <= 1 |",
        f"| megabytes grown over {papers} papers | {grown:.1f} | <= 10 over 2000 |",
        "",
        f"![milliseconds a paper]({PLOT.name})",
        "",
    ]
    return "\n".join(lines)


def _plot(rows: Sequence[Timing]) -> None:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "huiyin"
    figure, axes = pyplot.subplots(figsize=(8, 0.5 * len(rows) + 1))
    bars = axes.barh([row.name for row in reversed(rows)], [row.p50 for row in reversed(rows)])
    axes.bar_label(bars, fmt="%.1f", padding=3)
    axes.set_xlabel("CPU milliseconds a paper (p50)")
    figure.tight_layout()
    figure.savefig(PLOT, metadata={"Date": None})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--papers", type=int, default=2000)
    told = parser.parse_args()
    results = run(told.runs, told.papers)
    RESULTS.write_text(results, encoding="utf-8")
    sys.stdout.write(results)
