"""Findings in files that policy staff write: stable codes, places in words, causes and cures in Chinese."""

from dataclasses import dataclass
from enum import StrEnum

from service_kit.problems import Problem


class Severity(StrEnum):
    """An error keeps a file from being used; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Code(StrEnum):
    """Every finding there is. A code never changes its meaning and is never used again.

    S: the YAML itself, V: the vocabulary, R: the parts of a ruleset, C: cells of tables, Q: citations,
    G: the guard (what a ruleset may never be about), E: examples, A: adoption files.
    """

    NOT_YAML = "S001"
    DUPLICATE_KEY = "S002"
    ALIAS_OR_TAG = "S003"
    SEVERAL_DOCUMENTS = "S004"
    WRONG_SHAPE = "S005"
    UNKNOWN_KEY = "S006"
    MISSING_KEY = "S007"
    WRONG_LITERAL = "S008"
    UNREADABLE_FILE = "S009"

    UNKNOWN_TYPE = "V001"
    MISSING_LABEL = "V002"
    NAME_TWICE = "V003"

    UNKNOWN_NAME = "R001"
    DUPLICATE_ID = "R002"
    ROW_LENGTH = "R003"
    NAME_NOT_DECLARED = "R004"
    CIRCULAR_TABLES = "R005"
    WRONG_AMOUNT = "R006"
    WRONG_FIELD = "R007"
    DATES_OVERLAP = "R008"
    PRIORITY_WITHOUT_ORDER = "R009"
    CHAIN_REFUSED = "R010"
    PARAMETER_NOT_IN_FORCE = "R011"
    INPUT_UNUSED = "R012"
    WRONG_SUBJECT_SCOPE = "R013"

    CELL_SYNTAX = "C001"
    CELL_TYPE = "C002"
    CELL_EMPTY = "C003"

    NO_CITATION = "Q001"
    UNKNOWN_SOURCE = "Q002"
    QUOTE_TOO_SHORT = "Q003"
    CONVENTION_WITHOUT_REASON = "Q004"
    ARTICLE_FORM = "Q005"
    QUOTE_TOO_LONG = "Q006"

    PERSON_AS_SUBJECT = "G001"
    BANNED_WORD = "G002"

    EXAMPLE_WRONG = "E001"
    EXAMPLE_REFUSED = "E002"
    NO_EXAMPLES = "E003"
    ROW_WITHOUT_EXAMPLE = "E004"

    UNKNOWN_PACK = "A001"
    WRONG_JURISDICTION = "A002"


WARNINGS = frozenset({Code.INPUT_UNUSED, Code.ROW_WITHOUT_EXAMPLE})


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file."""

    code_: Code
    file: str
    line: int
    place: str
    message: str
    cure: str = ""

    @property
    def code(self) -> str:
        """Stable code, as in R004."""
        return str(self.code_.value)

    @property
    def severity(self) -> str:
        """`error` or `warning`."""
        return (Severity.WARNING if self.code_ in WARNINGS else Severity.ERROR).value

    def problem(self) -> Problem:
        """The finding as a problem of whoever asked for the file to be loaded."""
        where = f"{self.file} 第 {self.line} 行" + (f"，{self.place}" if self.place else "")
        return Problem(self.code, where, self.message, self.cure)


def errors(findings: "list[Finding]") -> "list[Finding]":
    """The findings that keep a file from being used."""
    return [finding for finding in findings if finding.severity == Severity.ERROR.value]
