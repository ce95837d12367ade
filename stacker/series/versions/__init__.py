"""What the series was at each step: operations under one ref, and the files that follow it."""
