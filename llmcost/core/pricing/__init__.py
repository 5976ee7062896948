"""What a price sheet states, and which rate applies: conditions, dated entries, their history, rating."""
