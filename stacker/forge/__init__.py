"""The forge as stacker sees it: its values, and the one client that speaks to it."""
