"""Usage at any size: added up where the data is, by an engine."""
