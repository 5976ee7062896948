"""Real usage: what exports of vendors and gateways, and the logs of coding agents, say was sent; and bills."""
