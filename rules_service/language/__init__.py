"""What a ruleset is: the strict reader, types, unary tests and the canonical form."""
