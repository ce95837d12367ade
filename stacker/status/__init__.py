"""Where everything stands: one value, many renderings."""
