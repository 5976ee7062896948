"""The project file and everything that settles a run: defaults, budgets and their verdicts, layer by layer."""
