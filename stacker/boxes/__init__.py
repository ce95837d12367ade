"""Boxes: machines that build what home has; what each says of itself, for everybody to see."""
