"""How a person wants the pages to look: the sizes of type and the contrasts there are."""

from __future__ import annotations

from enum import StrEnum


class TextSize(StrEnum):
    """How large the type is."""

    USUAL = "usual"
    LARGE = "large"
    """A quarter larger."""
    LARGEST = "largest"
    """Half as large again."""


class Contrast(StrEnum):
    """How strongly words stand out from their ground."""

    USUAL = "usual"
    """As the device asks."""
    HIGH = "high"
