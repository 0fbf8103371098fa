"""The web door: requests become one service call each. Surfaces do not import one another."""
