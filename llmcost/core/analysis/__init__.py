"""Questions asked of quotes: budgets, break-even, differences, sensitivity, what-if prices and contracts."""
