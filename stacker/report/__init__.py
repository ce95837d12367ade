"""`stacker report`: the series as one HTML page that needs nothing else."""
