"""The domain: money, units, usage, prices, offers, quotes.

Pure and standard library only: no files, no network, no clock, no printing.
Read in this order: ``usage``, ``prices``, ``catalogue``, ``workload``, ``quote``, ``comparison``.
"""
