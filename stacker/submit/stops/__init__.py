"""What stands against doing it: what a forge would close, checks that fail, rights that lack."""
