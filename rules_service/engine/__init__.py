"""What rulesets say about facts: tables, duties, chained rules and their reasons."""
