"""Small exact values, and how people write them: numbers, money, meters, units, rates, days, hours, distributions."""
