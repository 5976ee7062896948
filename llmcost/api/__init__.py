"""What a command does, for Python too: one file a question."""
