"""What upstream installs to have lone merges stopped: a workflow, and the list of groups."""
