"""A throw-away forge that has what the real one has of a series, to rehearse on."""
