"""The templates of texts: the built-in ones of each preset, and those that a series has its own of."""
