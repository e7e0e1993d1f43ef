"""`python -m ops.laptop`: what `make run` starts."""

import sys

from ops.laptop.runner import main

if __name__ == "__main__":
    sys.exit(main())
