"""What the page of trajectories shows, as plain values in the page's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from qol_app.domain.study import Measure, Protocol
from qol_app.services.trajectories import Offer, Shown, Trajectory
from qol_app.web.analysis import figures, sentences, table, threshold_words
from qol_app.web.analysis.selection import Selection
from qol_app.web.analysis.sentences import Names
from qol_app.web.analysis.table import TableGroup
from qol_app.web.navigation import Entry, in_words


@dataclass(frozen=True, kw_only=True)
class Option:
    """One scale to choose."""

    value: str
    label: str
    current: bool


@dataclass(frozen=True, kw_only=True)
class OptionGroup:
    """The scales of one instrument."""

    label: str
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class TrajectoryPage:
    """Everything that the page shows."""

    scale: str
    instrument: str
    title: str
    direction: str
    threshold: str
    """The steps of the scale and what the plan's threshold needs, in a line."""
    published: tuple[str, ...]
    """The published thresholds of the scale, a line each."""
    method: tuple[str, ...]
    figures: dict[str, dict[str, Any]]
    groups: tuple[TableGroup, ...]
    too_few: str
    nobody: str
    has_scores: bool
    measures: tuple[OptionGroup, ...]
    selection: Selection
    shown_tabs: tuple[Entry, ...]
    group_tabs: tuple[Entry, ...]
    """All together or by group; empty unless the groups are open."""
    may_open_groups: bool
    """Whether to offer the opening of groups: permitted, and not done yet."""
    csv_url: str


def build(
    protocol: Protocol,
    trajectory: Trajectory,
    offers: Sequence[Offer],
    chosen: Selection,
    *,
    may_open_groups: bool,
    groups_are_open: bool,
) -> TrajectoryPage:
    """Put the page together."""
    names = _names(protocol, offers, chosen)
    return TrajectoryPage(
        scale=names.scale,
        instrument=_offer(offers, chosen.measure).wording.title,
        title=sentences.title(trajectory, protocol, chosen.shown, names),
        direction=sentences.direction(trajectory),
        threshold=threshold_words.line(trajectory),
        published=threshold_words.published(trajectory),
        method=tuple(
            sentences.method(trajectory, protocol, chosen.shown, names, grouped=chosen.grouped)
        ),
        figures=figures.variants(trajectory, chosen.shown, names),
        groups=table.groups(trajectory, visit_names=names.visits, group_names=names.groups),
        too_few=sentences.too_few(),
        nobody=sentences.nobody(),
        has_scores=bool((trajectory.descriptives.table["n"] > 0).any()),
        measures=tuple(_options(offer, chosen) for offer in offers),
        selection=chosen,
        shown_tabs=_shown_tabs(chosen),
        group_tabs=_group_tabs(chosen) if groups_are_open else (),
        may_open_groups=may_open_groups and not groups_are_open,
        csv_url=chosen.url("analysis.trajectories_csv"),
    )


def _names(protocol: Protocol, offers: Sequence[Offer], chosen: Selection) -> Names:
    words = _offer(offers, chosen.measure).wording
    return Names(
        scale=words.scales[chosen.measure.scale],
        visits={visit.code: in_words(visit.name) for visit in protocol.schedule.visits},
        groups={group.code: in_words(group.short) for group in protocol.groups}
        if chosen.grouped
        else {},
    )


def _offer(offers: Sequence[Offer], measure: Measure) -> Offer:
    return next(offer for offer in offers if offer.use.id == measure.instrument)


def _options(offer: Offer, chosen: Selection) -> OptionGroup:
    return OptionGroup(
        label=offer.wording.title,
        options=tuple(
            Option(
                value=(value := f"{offer.use.id}:{scale.code}"),
                label=offer.wording.scales[scale.code],
                current=value == chosen.measure_code,
            )
            for scale in offer.scales
        ),
    )


def _shown_tabs(chosen: Selection) -> tuple[Entry, ...]:
    labels = ((Shown.SCORE, _("Score")), (Shown.CHANGE, _("Change from baseline")))
    return tuple(
        Entry(label=label, url=chosen.url(shown=shown), current=shown is chosen.shown)
        for shown, label in labels
    )


def _group_tabs(chosen: Selection) -> tuple[Entry, ...]:
    labels = ((False, _("All participants")), (True, _("By group")))
    return tuple(
        Entry(label=label, url=chosen.url(grouped=grouped), current=grouped is chosen.grouped)
        for grouped, label in labels
    )
