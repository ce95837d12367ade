"""`python -m stacker`, and the `stacker` script."""

from __future__ import annotations


def main() -> None:
    """Run the command line."""
    from stacker.cli.app import main as run  # noqa: PLC0415 - so that importing costs nothing

    run()


if __name__ == "__main__":
    main()
