"""The canonical form of a ruleset file: one way to lay out what it says, so that a diff shows what changed.

Keys stand in a fixed order, two blanks indent, what fits in 110 columns stands on one line, quotes stand
only where they are needed, and comments stay beside what they speak of. The form says the same as the
file: the revision is the hash of what a file says, comments and layout left out, so it never changes by
formatting. Mappings whose order has a meaning or is the author's choice (outputs of a table, patterns of
a chain, parameters, facts) keep it.

Quotes: a scalar is plain unless YAML would read it as something else than the ruleset means. A number, a
date or a truth value stands plain where one is meant (`value: 50`, `at: 2024-05-06T12:00:00+08:00`), and
quoted where a text or a code is meant: cells, articles, codes such as "1". Our reader takes every scalar as
text; the quotes are for other tools and for the reader's eye.
"""

from rules_service.language.form.canonical import Formed, canonical, form_file

__all__ = ["Formed", "canonical", "form_file"]
