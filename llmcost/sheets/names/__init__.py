"""Sheets of names: what others call the offers of other sheets."""
