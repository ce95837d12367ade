"""What checks have shown: the key that says what a result is about, the result, its store."""
