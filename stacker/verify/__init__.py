"""`verify`: every check at every stage on every platform, run once and remembered."""
