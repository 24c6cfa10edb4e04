"""What is wrong with a ruleset."""
