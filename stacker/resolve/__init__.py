"""Solve a conflict once; the solution is remembered and shared."""
