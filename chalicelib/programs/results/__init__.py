"""What a program does for its shop, from what is stored: habits of members, and the figures that owners watch."""
