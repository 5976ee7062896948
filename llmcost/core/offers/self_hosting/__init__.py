"""What open weights are run on: models, accelerators, hosts, what was measured, and how all of it is named."""
