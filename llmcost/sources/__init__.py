"""Public price data of others: fetched, read, and set beside what the sheets say."""
