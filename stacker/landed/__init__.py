"""Which stages upstream has, proved by trees."""
