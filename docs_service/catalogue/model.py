"""What a type of paper is: its meaning, its fields and its template."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

CATALOGUE_NOTE = "依据《信访工作条例》编制的参考文书目录，非国家信访局官方目录"


class FieldKind(StrEnum):
    """Kind of a field's value."""

    TEXT = "text"  # one line
    PARAGRAPHS = "paragraphs"  # text whose line breaks part paragraphs, or a list of paragraphs
    DATE = "date"
    INTEGER = "integer"
    CODE = "code"  # a code of a list, printed as its label
    NUMBER = "number"  # 文号
    LIST = "list"
    RECORD = "record"


class PaperClass(StrEnum):
    """Class of a paper."""

    BUSINESS = "business"
    NOTICE = "notice"


class PageLayout(StrEnum):
    """The page a paper is set on."""

    LETTER = "letter"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Code:
    """A code with its labels."""

    list_name: str
    code: str
    label: str
    english: str


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """An article that a paper rests on, with its operative words."""

    source: str
    article: str
    quote: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of a paper. A restricted one needs the list of those who must not learn of it."""

    code: str
    title: str
    issued_when: str
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a paper's data. `needed_when` names the codes of other fields that make it required."""

    name: str
    kind: FieldKind
    label: str
    english: str
    required: bool = True
    hint: str = ""
    example: str | int | None = None
    default: str | int | None = None
    max_length: int = 0
    minimum: int = 0
    maximum: int = 0
    min_items: int = 0
    max_items: int = 0
    codes: tuple[Code, ...] = ()
    item: "Field | None" = None
    fields: tuple["Field", ...] = ()
    variants: tuple[str, ...] = ()
    needed_when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def belongs_to(self, variant: str) -> bool:
        """Whether the variant has this field."""
        return not self.variants or variant in self.variants


@dataclass(frozen=True, slots=True)
class DateOrder:
    """A date that may not be earlier than another, nor later than so many days after it (0: any)."""

    earlier: str
    later: str
    at_most_days: int = 0
    basis: str = ""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A type of paper with its template. `revision` is the SHA-256 of everything that shapes the paper."""

    code: str
    title: str
    english: str
    paper_class: PaperClass
    layout: PageLayout
    issued_when: str
    issued_by: str
    addressed_to: str
    basis: tuple[LegalBasis, ...]
    restricted: bool
    variants: tuple[Variant, ...]
    fields: tuple[Field, ...]
    date_orders: tuple[DateOrder, ...]
    template: bytes
    template_text: str
    revision: str

    def variant(self, code: str) -> Variant | None:
        """The variant of that code, the first for an empty code, None where there is no such variant."""
        if not code:
            return self.variants[0]
        return next((variant for variant in self.variants if variant.code == code), None)

    def fields_of(self, variant: str) -> tuple[Field, ...]:
        """The fields that the variant has."""
        return tuple(field for field in self.fields if field.belongs_to(variant))


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The types of paper by code, and the codes that papers use."""

    types: Mapping[str, DocumentType]
    codes: Mapping[str, tuple[Code, ...]]

    def all_codes(self) -> tuple[Code, ...]:
        """Every code, that of the papers themselves first."""
        papers = (Code("paper", kind.code, kind.title, kind.english) for kind in self.types.values())
        return (*papers, *(code for codes in self.codes.values() for code in codes))
