"""Results that load generators saved: one file a tool's format, ``registry`` tells which one a file is.

A format says what a ``Run`` states, found by its ``Fields``; ``result`` judges all runs alike.
"""
