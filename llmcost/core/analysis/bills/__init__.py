"""A bill held against list prices: its parts, the shares they have, and what explains the rest."""
