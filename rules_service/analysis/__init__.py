"""What is wrong with a ruleset: gaps, overlaps, layers, the guard, quotes, examples, coverage."""
