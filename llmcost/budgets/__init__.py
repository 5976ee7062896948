"""The project's own settings: what is compared, on which prices, when nobody says otherwise."""
