"""A third language added by files alone: made, walked, and searched for what is left of English."""
