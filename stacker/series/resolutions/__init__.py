"""How conflicts were solved: kept as files, found again, carried."""
