"""The plan, `series.toml`: its model, reading it with all its errors, writing it."""
