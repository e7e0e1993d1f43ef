"""`make docs`: writes the language reference anew."""

from ops.language.guide import GUIDE, guide

GUIDE.write_text(guide(), encoding="utf-8")
