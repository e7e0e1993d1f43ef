"""Prepares the pictures of a program's look, once, when it is published: Pillow stays on this side of the house."""

from ops.looks.opening import PictureRefused
from ops.looks.preparing import prepared

__all__ = ["PictureRefused", "prepared"]
