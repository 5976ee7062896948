"""The local logs of coding agents, one file an agent or a family of them."""
