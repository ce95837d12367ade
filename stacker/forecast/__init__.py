"""Which upstream commit breaks a stage first."""
