"""What callers may ask of the rules service, without any transport."""

from rules_service.commands.affairs import assess_affair
from rules_service.commands.catalogue import get_ruleset, list_codes, list_rulesets
from rules_service.commands.evaluation import assess, batch_assess, batch_evaluate, evaluate
from rules_service.commands.loading import load, places_told
from rules_service.commands.offices import OfficeParts, assess_office

__all__ = [
    "OfficeParts",
    "assess",
    "assess_affair",
    "assess_office",
    "batch_assess",
    "batch_evaluate",
    "evaluate",
    "get_ruleset",
    "list_codes",
    "list_rulesets",
    "load",
    "places_told",
]
