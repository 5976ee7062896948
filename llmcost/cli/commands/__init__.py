"""The commands: each reads its options, asks, and prints. One file a command."""
