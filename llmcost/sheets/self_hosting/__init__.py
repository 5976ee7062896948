"""What open weights run on: sheets of `kind: accelerators`, `compute`, `open_weights` and `measurements`."""
