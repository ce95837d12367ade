"""Make a series directory."""
