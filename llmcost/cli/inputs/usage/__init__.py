"""What was really used: options and paths in, records out."""
