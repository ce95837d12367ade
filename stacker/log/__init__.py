"""`stacker log`: the versions of the series, and how two of them differ."""
