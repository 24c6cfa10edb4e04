"""Writes docs/errors.md from the codes that both services give: `python scripts/error_page.py`."""

import re
from pathlib import Path

from docs_service.content.findings import Finding
from rules_service.engine.wrong import Wrong

PAGE = Path(__file__).resolve().parent.parent / "docs" / "errors.md"

SERVING = {
    "TOKEN_MISSING": "No token, or one that is not in the tokens file.",
    "ROLE_MISSING": "The token lacks the role that the method asks for.",
    "UNREADABLE": "The bytes are no message of the method's type.",
    "STREAM_TOO_LARGE": "The messages of one call are larger together than they may be.",
    "STREAM_SILENT": "A stream sent nothing for 20 seconds (`HUIYIN_SILENT_SECONDS`).",
    "DEADLINE": "The caller's time was up.",
    "INTERNAL": "Our fault; the message carries the id that the log has.",
}

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
    lines += ["", "## Either domain", "", "| code | when |", "|---|---|"]
    lines += [f"| {code} | {when} |" for code, when in SERVING.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
