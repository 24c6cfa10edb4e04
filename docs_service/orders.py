"""What is asked for and what is given: a paper to render, and the rendered paper."""

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """Format of a rendered paper."""

    PDF = "pdf"
    DOCX = "docx"


@dataclass(frozen=True, slots=True)
class Party:
    """A person or unit: the caller's key of it, and its name as it would be printed. Either may be empty."""

    key: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class RenderOrder:
    """A paper to render. Empty words mean: the first variant, the template in use, no seal."""

    type: str
    data_json: str
    format: Format
    variant: str = ""
    template_revision: str = ""
    draft: bool = False
    seal: str = ""
    number: str = ""
    recipients: tuple[Party, ...] = ()
    forbidden_recipients: tuple[Party, ...] = ()
    language: str = ""
    decision_id: str = ""
    paper_call_id: str = ""


@dataclass(frozen=True, slots=True)
class FontSubstitute:
    """A font that stood in for the one the page wants."""

    role: str
    family: str
    reason: str


@dataclass(frozen=True, slots=True)
class RenderedPaper:
    """A rendered paper. Digests are SHA-256, hexadecimal; page_count is 0 for a .docx."""

    content: bytes
    media_type: str
    file_name: str
    page_count: int
    template_revision: str
    data_digest: str
    content_digest: str
    renderer_fingerprint: str
    substitutes: tuple[FontSubstitute, ...]
