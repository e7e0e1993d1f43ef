"""The same ports in memory, for tests and the simulator: they pass the contract suite of the real ones."""
