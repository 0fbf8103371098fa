"""The tests mirror the code; ``rules`` holds conventions, ``e2e`` a real browser."""
