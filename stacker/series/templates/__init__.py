"""The templates of texts: built-in ones of each preset, and those of a series' own."""
