"""stacker keeps a patch series alive for years and carries it upstream."""

__version__ = "0.1.0"
