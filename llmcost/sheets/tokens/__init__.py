"""How models count text and media: a sheet of `kind: tokens`."""
