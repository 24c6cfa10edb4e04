"""Evaluates versioned rulesets on petition matters and offices."""
