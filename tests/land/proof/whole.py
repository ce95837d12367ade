"""Landings by whole processes."""


def landing(folder, seed):
    raise NotImplementedError
