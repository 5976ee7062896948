"""One layout a file: exports of vendors and gateways, and logs of coding agents."""
