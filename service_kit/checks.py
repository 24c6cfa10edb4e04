"""What a doctor looked at on a machine, and what to do where something is missing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. Detail and cure are in Chinese."""

    name: str
    ok: bool
    detail: str
    cure: str = ""
