"""Brings a ruleset file into its canonical form."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rules_service.language import source
from rules_service.language.findings import Finding, errors
from rules_service.language.form.layout import lay_out
from rules_service.language.form.shapes import ruleset_shape
from rules_service.language.form.tree import read_tree
from rules_service.language.model.basis import SourceText
from rules_service.language.ruleset import load_ruleset, revision_of
from rules_service.language.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Formed:
    """A file as it stands and as it should; a file with errors stays as it is."""

    path: Path
    text: str
    canonical: str
    findings: tuple[Finding, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the file is not in its canonical form."""
        return self.text != self.canonical


def form_file(path: Path, vocabulary: Vocabulary, sources: Mapping[str, SourceText]) -> Formed:
    """Reads a file and forms it; the errors are told instead where it has any."""
    _, findings = load_ruleset(path, vocabulary, sources, str(path))
    if wrong := errors(findings):
        return Formed(path, "", "", tuple(wrong))
    text = path.read_bytes().decode("utf-8")
    return Formed(path, text, canonical(text, vocabulary))


def canonical(text: str, vocabulary: Vocabulary) -> str:
    """The canonical form of a ruleset that has been read without errors."""
    tree = read_tree(text)
    formed = lay_out(tree, ruleset_shape(tree, vocabulary))
    # INVARIANT: the form is never written unless it reads back as what the file says.
    if _revision(formed) != _revision(text):
        raise AssertionError("the canonical form says something else than the file")
    return formed


def _revision(text: str) -> str:
    node, _ = source.read(text, "")
    return revision_of(node) if node else ""
