"""What a name in a ruleset rests on, through as many tables as there are between."""

from collections.abc import Iterable

from rules_service.language.model.duties import Duty
from rules_service.language.model.references import Condition
from rules_service.language.model.ruleset import Ruleset
from rules_service.language.model.tables import Table


def source_table(name: str, ruleset: Ruleset) -> Table | None:
    """The table whose output a name is, if it is one."""
    table_id, _, member = name.partition(".")
    return next((table for table in ruleset.tables if member and table.id == table_id), None)


def facts_behind(name: str, ruleset: Ruleset) -> frozenset[str]:
    """The facts that a name rests on; of elapsed time also the facts or events that it lies between."""
    source = source_table(name, ruleset)
    if source is not None:
        return frozenset().union(*(facts_behind(inner, ruleset) for inner in source.inputs))
    ends = (end for rule in ruleset.elapsed if rule.name == name for end in (rule.start, rule.end))
    return frozenset({name, *(end.name for end in ends if end)})


def inputs_of(conditions: Iterable[Condition]) -> frozenset[str]:
    """The names that conditions look at."""
    return frozenset(condition.input for condition in conditions)


def decides_duty(duty: Duty) -> frozenset[str]:
    """The names that decide whether and how long a duty is owed."""
    periods = (duty.period, duty.period.presumed)
    amounts = {period.amount.name for period in periods if period and period.amount}
    exemptions = (inputs_of(exemption.conditions) for exemption in duty.unless)
    return (inputs_of(duty.when) | amounts).union(*exemptions) - {""}
