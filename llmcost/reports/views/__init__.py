"""What is said, as lines of words, tables of text and plain data: one file a subject."""
