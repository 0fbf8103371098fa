"""What can go wrong with answers and options."""

from __future__ import annotations


class AnswerOutOfRange(ValueError):
    """An answer is not among those its item allows; the message names item, row and value."""


class OptionUnknown(ValueError):
    """A scoring option or its value does not exist; the message says what there is."""


class ScaleInvalid(ValueError):
    """A scale's options do not fit its module or its items; the message names the scale."""


class ModuleInvalid(ValueError):
    """A scoring module cannot be registered; the message says why."""


class ModuleUnknown(LookupError):
    """There is no scoring module of that id; the message says which there are."""


class ModuleFailed(ValueError):
    """A plug-in's scoring module broke down or gave no scores; the message names it."""


class ScoreFileInvalid(ValueError):
    """A file cannot be scored; ``problems`` names each place, at most fifty and how many more."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
