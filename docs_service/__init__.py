"""Renders the papers of petition casework."""
