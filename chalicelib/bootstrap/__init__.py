"""Builds the real adapters, each when it is first asked for, and the house over them."""

import gc
import os

from chalicelib.bootstrap import written

if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    gc.disable()  # nothing is garbage yet: looking for it takes a fifth of a start; `house.begin` lets it work again
written.use()

from chalicelib.bootstrap.house import House, house  # noqa: E402  # from here on classes are made

__all__ = ["House", "house"]
