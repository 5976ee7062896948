"""From options to values: prices, offers, workloads, settings. Nothing is computed here."""
