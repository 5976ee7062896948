"""What it comes to: quotes of charges and gaps, fleets, and offers ranked against each other."""
