"""Run the command as ``python -m xrpdsim``."""

import sys

from .cli import main

if __name__ == "__main__":
    sys.exit(main())
