"""What can be bought, and how it is named: the catalogue, selectors, and what open weights run on."""
