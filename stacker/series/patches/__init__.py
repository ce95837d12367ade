"""Patch files: mails read on their exact preimage, commits written as mails."""
