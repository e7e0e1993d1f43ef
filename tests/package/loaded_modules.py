"""Beside app.py in a container: the functions of the package, and what the interpreter has loaded so far.

It is copied beside Amazon's client, so that a function can be started as `loaded_modules.hooks` instead of `app.hooks`.
"""

import sys
from collections.abc import Callable
from typing import Any

import app

ASKED = {"loaded": True}
"""The event that is answered with the names of all modules that are loaded."""


def __getattr__(name: str) -> Callable[[Any, Any], Any]:
    def handler(event: Any, context: Any) -> Any:
        return sorted(sys.modules) if event == ASKED else getattr(app, name)(event, context)

    return handler
