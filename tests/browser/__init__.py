"""The last layer of tests: the real app in a real browser."""
