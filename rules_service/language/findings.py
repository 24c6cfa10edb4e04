"""Findings in files that policy staff write: stable codes, places in words, causes and cures in Chinese."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from service_kit.problems import Problem


class Severity(StrEnum):
    """An error keeps a file from being used; a warning asks for a look; information asks for nothing."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


class Code(StrEnum):
    """Every finding there is. A code never changes its meaning and is never used again.

    S: the YAML itself, V: the vocabulary, R: the parts of a ruleset, C: cells of tables, Q: citations,
    G: the guard (what a ruleset may never be about), E: examples, A: adoption files, T: what tables leave
    out or say twice, L: what a lower layer may not do.
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
    UNFIT_CHARACTER = "S010"

    UNKNOWN_TYPE = "V001"
    MISSING_LABEL = "V002"
    NAME_TWICE = "V003"
    WRONG_NAME = "V004"
    REFUSAL_NOT_SAID = "V005"
    DECIDED_BY_PETITIONER = "V006"

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
    PARAMETER_UNUSED = "R014"
    WRONG_AGGREGATE = "R015"
    RESTS_ON_SILENCE = "R016"
    WRONG_GROUP = "R017"
    WRONG_INDEX_PART = "R018"
    PAPER_WITHOUT_FINDING = "R019"
    WRONG_EXTENSION = "R020"
    WRONG_SUM = "R021"
    WRONG_ELAPSED = "R022"
    COUNTED_BY_NOBODY = "R023"
    WRONG_ID = "R024"
    SEVERAL_VALUES = "R025"
    CONTRADICTION = "R026"
    WRONG_PERIOD = "R027"
    REVISIONS_DIFFER = "R028"

    CELL_SYNTAX = "C001"
    CELL_TYPE = "C002"
    CELL_EMPTY = "C003"

    NO_CITATION = "Q001"
    UNKNOWN_SOURCE = "Q002"
    QUOTE_TOO_SHORT = "Q003"
    CONVENTION_WITHOUT_REASON = "Q004"
    ARTICLE_FORM = "Q005"
    QUOTE_TOO_LONG = "Q006"
    QUOTE_NOT_FOUND = "Q007"
    ARTICLE_NOT_FOUND = "Q008"
    SOURCE_WITHOUT_TEXT = "Q009"

    PERSON_AS_SUBJECT = "G001"
    BANNED_WORD = "G002"
    PERSONAL_INPUT = "G003"
    PERSON_GRADED = "G004"
    INTERFERENCE = "G005"
    PETITIONER_ACCUSED = "G006"
    REFUSED_BY_RULE = "G007"

    EXAMPLE_WRONG = "E001"
    EXAMPLE_REFUSED = "E002"
    NO_EXAMPLES = "E003"
    ROW_WITHOUT_EXAMPLE = "E004"

    UNKNOWN_PACK = "A001"
    WRONG_JURISDICTION = "A002"

    GAP = "T001"
    GAP_THOUGH_COMPLETE = "T002"
    NULL_GAP = "T003"
    ROWS_OVERLAP = "T004"
    ROWS_DIFFER = "T005"
    ROW_UNREACHABLE = "T006"
    NOT_PROVED = "T007"
    COLUMN_UNUSED = "T008"
    COLUMN_CONSTANT = "T009"
    GAP_NOT_PROVED = "T010"

    TIGHTENS_NOTHING = "L001"
    TIGHTENS_NOT_ABOVE = "L002"
    TIGHTENS_NOT_COMPARABLE = "L003"
    PERIOD_LENGTHENED = "L004"
    WINDOW_SHORTENED = "L005"
    REFUSAL_ADDED = "L006"
    PETITIONER_BURDENED = "L007"
    TIGHTENS_NOT_SAID = "L008"
    DEPARTURE_NOT_ALLOWED = "L009"
    PASSES_FOR_ANOTHER = "L010"
    LOCAL_WITHOUT_PACK = "L011"


WARNINGS = frozenset(
    {
        Code.INPUT_UNUSED,
        Code.SOURCE_WITHOUT_TEXT,
        Code.PARAMETER_UNUSED,
        Code.ROW_WITHOUT_EXAMPLE,
        Code.GAP_THOUGH_COMPLETE,
        Code.ROW_UNREACHABLE,
        Code.NOT_PROVED,
        Code.COLUMN_UNUSED,
        Code.TIGHTENS_NOT_SAID,
    }
)
INFORMATION = frozenset({Code.GAP, Code.NULL_GAP, Code.COLUMN_CONSTANT, Code.GAP_NOT_PROVED})


def severity_of(code: Code) -> Severity:
    """How much a finding of this code asks for."""
    if code in INFORMATION:
        return Severity.INFORMATION
    return Severity.WARNING if code in WARNINGS else Severity.ERROR


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
        """`error`, `warning` or `information`."""
        return severity_of(self.code_).value

    def problem(self) -> Problem:
        """The finding as a problem of whoever asked for the file to be loaded."""
        where = f"{self.file} 第 {self.line} 行" + (f"，{self.place}" if self.place else "")
        return Problem(self.code, where, self.message, self.cure)


def errors(findings: "list[Finding]") -> "list[Finding]":
    """The findings that keep a file from being used."""
    return [finding for finding in findings if finding.severity == Severity.ERROR.value]


def of_slices(slices: Iterable[tuple[date | None, Iterable[Finding]]]) -> list[Finding]:
    """The findings of a ruleset's slices, each once: slices mostly say the same.

    A slice comes with the day on which it begins, the first one with None. What only a later slice says is
    told with that day.
    """
    told: set[Finding] = set()
    result = []
    for first_day, findings in slices:
        for finding in findings:
            if finding in told:
                continue
            told.add(finding)
            since = f"自 {first_day} 起：" if first_day else ""
            result.append(replace(finding, message=since + finding.message))
    return result
