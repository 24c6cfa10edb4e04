"""A ruleset as values, one module an idea."""
