"""Real usage: what it costs where it was used, and what it would on other offers."""
