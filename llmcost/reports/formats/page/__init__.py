"""A page to look at: one file with tables and charts, which asks nothing of a network."""
