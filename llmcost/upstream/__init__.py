"""The network: ``http`` is the only door, each other file is one thing that is fetched or driven through it."""
