"""Dated exchange rates: a sheet of `kind: fx`."""
