"""What goes wrong on the way to a forge and back, made to happen on request."""
