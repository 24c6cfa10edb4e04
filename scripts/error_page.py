"""Writes docs/errors.md from the codes that both services give: `python scripts/error_page.py`."""

import re
from pathlib import Path

from docs_service.content.findings import Finding
from rules_service.engine.wrong import Wrong

PAGE = Path(__file__).resolve().parent.parent / "docs" / "errors.md"

HEAD = """\
# Codes in errors

`ErrorInfo.reason` is the code of the first finding, `BadRequest.field_violations[].reason` that of each. A
code never changes its meaning. Messages are Chinese, for the person who must mend the input. This page is
written by `scripts/error_page.py`; what `huiyin rules check` says of rulesets stands in `findings.zh.md`.
"""


def page() -> str:
    """The page, as it should stand."""
    lines = [HEAD, "## rules.huiyin", "", "| code | when |", "|---|---|"]
    lines += [f"| {wrong.name} | {wrong.value} |" for wrong in Wrong]
    lines += ["", "## docs.huiyin", "", "| code | message |", "|---|---|"]
    for finding in Finding:
        message = re.sub(r"\{\w+\}", "…", finding.value[0]).replace("|", "\\|")
        lines.append(f"| {finding.name} | {message} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
