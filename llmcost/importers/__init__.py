"""Files of other tools in: one file a format."""
