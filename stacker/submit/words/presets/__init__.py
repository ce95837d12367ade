"""What projects expect of a pull request, a value for each."""
