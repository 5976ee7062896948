"""Sheets of explanations: why public tables have other figures than ours."""
