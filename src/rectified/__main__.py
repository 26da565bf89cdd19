"""Entry point of ``python -m rectified``."""

import sys

from rectified._cli import main

if __name__ == "__main__":
    sys.exit(main())
