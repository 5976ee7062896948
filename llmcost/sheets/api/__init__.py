"""Prices of API models: a sheet of `kind: api`. ``coverage`` finds what no rate is for, and what two are."""
