"""DOOR: the stores' API. One table of operations says what there is; everything else here follows it."""
