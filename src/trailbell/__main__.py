"""``python -m trailbell``."""

from trailbell.cli import main

if __name__ == "__main__":
    main(prog_name="trailbell")
