"""What the demo shop sells. Prices are in cents and contain their tax, as people in a shop expect."""

from typing import Any

MENU: list[dict[str, Any]] = [
    {"id": "cappuccino", "picture": "cup", "price": 420, "title": {"en": "Cappuccino", "ru": "Капучино"}},
    {"id": "espresso", "picture": "espresso", "price": 280, "title": {"en": "Espresso", "ru": "Эспрессо"}},
    {"id": "cold-brew", "picture": "coldbrew", "price": 490, "title": {"en": "Cold brew", "ru": "Колд брю"}},
    {"id": "croissant", "picture": "croissant", "price": 350, "title": {"en": "Butter croissant", "ru": "Круассан"}},
    {"id": "cheesecake", "picture": "cake", "price": 560, "title": {"en": "Cheesecake", "ru": "Чизкейк"}},
    {"id": "beans", "picture": "beans", "price": 1890, "title": {"en": "House beans, 500 g", "ru": "Зёрна, 500 г"}},
]
