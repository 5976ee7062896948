"""How it is written: one file a format."""
