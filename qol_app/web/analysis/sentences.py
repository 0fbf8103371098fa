"""What a chart says in words: what is seen, which end is good, and how the numbers were made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from qol_app.domain.study import Protocol
from qol_app.services.trajectories import Shown, Trajectory, is_better_high
from qol_app.web.analysis import threshold_words
from qol_app.web.analysis.table import number


@dataclass(frozen=True, kw_only=True)
class Names:
    """The words for codes, in the page's language."""

    scale: str
    visits: Mapping[str, str]
    groups: Mapping[str, str]
    """Empty where the page shows all participants together."""


def direction(trajectory: Trajectory) -> str:
    """Say which end of the scale is the good one."""
    if is_better_high(trajectory.scale):
        return str(_("higher = better"))
    return str(_("higher = worse"))


def title(trajectory: Trajectory, protocol: Protocol, shown: Shown, names: Names) -> str:
    """Say what is seen: the means at the main visit of the analysis plan, or at the last one."""
    table = trajectory.descriptives.table
    seen = table[table["shown"].astype(bool) & (table["visit_number"] > 0)]
    if seen.empty:
        return str(_("%(scale)s: too few answers after baseline to show a mean", scale=names.scale))
    planned = protocol.analysis.main_visit
    at = planned if planned in set(seen["visit"]) else str(seen["visit"].iloc[-1])
    lines = seen[seen["visit"] == at]
    means = [
        (names.groups.get(group, ""), number(mean, trajectory))
        for group, mean in zip(lines["group"], lines["mean"], strict=True)
    ]
    values = {"scale": names.scale, "visit": names.visits[at], "means": _listed(means)}
    if shown is Shown.CHANGE:
        return str(_("%(scale)s at %(visit)s, mean change from baseline: %(means)s", **values))
    return str(_("%(scale)s at %(visit)s, mean: %(means)s", **values))


def _listed(means: list[tuple[str, str]]) -> str:
    return " · ".join(f"{name} {mean}".strip() for name, mean in means)


def method(
    trajectory: Trajectory, protocol: Protocol, shown: Shown, names: Names, *, grouped: bool
) -> list[str]:
    """Say how the numbers were made, one sentence each."""
    sentences = [
        ngettext(
            "Population: the %(num)s participant enrolled.",
            "Population: all %(num)s participants enrolled.",
            trajectory.enrolled,
        ),
        _("Window: a form counts for the visit in whose window it was answered, late ones too."),
        *_baseline(trajectory, protocol, shown, names),
        _("Missing: forms that are missing stay missing; missing items follow the scale's rule."),
        _("Shown are the mean and its 95 percent interval (t distribution)."),
        *threshold_words.method(trajectory, shown),
    ]
    if grouped and not protocol.randomised:
        sentences.append(_("The groups were not randomised: this is no randomised comparison."))
    sentences += [
        _("Scored by %(module)s %(version)s.", module=each.module, version=each.version)
        for each in trajectory.scorers
    ]
    if trajectory.options:
        chosen = ", ".join(f"{key} = {value}" for key, value in trajectory.options.items())
        sentences.append(_("Scoring options: %(options)s.", options=chosen))
    if not trajectory.questionnaire.confirmed:
        sentences.append(_("The scoring rests on one source and is not confirmed by a second."))
    return sentences


def _baseline(trajectory: Trajectory, protocol: Protocol, shown: Shown, names: Names) -> list[str]:
    if shown is not Shown.CHANGE:
        return []
    baseline = names.visits[protocol.baseline.code]
    without = sum(trajectory.descriptives.without_baseline.values())
    return [
        _(
            "Baseline: the score at the visit “%(visit)s”; no later one takes its place.",
            visit=baseline,
        ),
        ngettext(
            "%(num)s participant without a baseline score is left out.",
            "%(num)s participants without a baseline score are left out.",
            without,
        ),
    ]


def too_few() -> str:
    """Say why a mean is withheld."""
    return str(_("fewer than 5 answered; not shown"))


def nobody() -> str:
    """Say that a visit has no score yet."""
    return str(_("no scores yet"))
