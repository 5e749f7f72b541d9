"""The offers a party can make while it gives way: from its best one down to no deal's worth."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from .agenda import Agenda
from .utility import Table, Utility

Step = tuple[float, tuple[int, ...]]
"""What an offer is worth to its maker, and its levels."""

COMBINATIONS = 20_000
"""The most combinations of levels of a group of issues that are looked at together."""

QUESTIONS = 64
"""The most steps of a path where every step asks the host what offers are worth."""


def concession_path(
    start: Sequence[int], own: Utility, other: Utility | None, lines: Sequence[Table], floor: float
) -> list[Step]:
    """Offers of falling own utility, from ``start`` down to ``floor``.

    In closed form, with something known of the other side, these are the offers on the convex hull
    of the efficient edge: groups of issues give way in the order of what the other side gains for
    what is lost. With nothing known, what costs least gives way first. By questions, one issue at a
    time, whichever costs least.
    """
    if own.tables is None:
        return _by_questions(start, own, lines, floor)
    edges = []
    levels = list(start)
    for places in _groups(own.agenda, [*own.tables, *lines, *((other.tables or []) if other else [])]):
        edges.extend(_edges(own, other, lines, places, levels))
    edges.sort(key=lambda edge: edge[0])
    worth = own.at(levels)
    path = [(worth, tuple(levels))]
    for _, places, choice in edges:
        for place, level in zip(places, choice):
            levels[place] = level
        worth = own.at(levels)
        if worth < floor:
            break
        path.append((worth, tuple(levels)))
    return path


def _groups(agenda: Agenda, tables: Sequence[Table]) -> list[list[int]]:
    """The finest parts of the agenda that keep the issues of every table together."""
    leader = list(range(len(agenda)))

    def find(place: int) -> int:
        while leader[place] != place:
            place = leader[place]
        return place

    for table in tables:
        first = find(table.places[0])
        for place in table.places[1:]:
            other = find(place)
            first, leader[max(first, other)] = min(first, other), min(first, other)
    groups: dict[int, list[int]] = {}
    for place in range(len(agenda)):
        groups.setdefault(find(place), []).append(place)
    return list(groups.values())


def _edges(own, other, lines, places, start):  # type: ignore[no-untyped-def]
    """Steps of one group down from its best choice: (price, places, choice), the cheapest first."""
    inside = lambda tables: [t for t in tables or [] if t.places[0] in places]  # noqa: E731
    mine, masks = inside(own.tables), inside(lines)
    theirs = inside(other.tables) if other is not None else []
    radices = [own.agenda[place].levels for place in places]
    size = 1
    for radix in radices:
        size *= radix
    if size > COMBINATIONS:  # too many to look at together: the first issue alone gives way
        places, radices = places[:1], radices[:1]
    levels = list(start)
    choices = []
    for choice in itertools.product(*(range(radix) for radix in radices)):
        for place, level in zip(places, choice):
            levels[place] = level
        if all(mask.at(levels) > 0 for mask in masks):
            gain = sum(table.at(levels) for table in theirs)
            choices.append((sum(table.at(levels) for table in mine), gain, choice))
    return _hull(choices, places) if other is not None else _steps(choices, places)


def _hull(choices, places):  # type: ignore[no-untyped-def]
    """Edges of the upper convex hull of (own, other), from the best for oneself on."""
    choices.sort(key=lambda c: (-c[0], -c[1]))
    hull: list = []
    for choice in choices:
        if hull and choice[1] <= hull[-1][1]:
            continue
        while len(hull) > 1 and _slope(hull[-2], choice) <= _slope(hull[-2], hull[-1]):
            hull.pop()
        hull.append(choice)
    return [(_slope(a, b), places, b[2]) for a, b in zip(hull, hull[1:])]


def _slope(a, b):  # type: ignore[no-untyped-def]
    """What is lost for each unit that the other side gains."""
    return (a[0] - b[0]) / (b[1] - a[1])


def _steps(choices, places):  # type: ignore[no-untyped-def]
    """One step for each lower worth; its price is all that has been lost by then."""
    choices.sort(key=lambda c: -c[0])
    steps, last = [], choices[0][0] if choices else 0.0
    for choice in choices[1:]:
        if choice[0] < last:
            last = choice[0]
            steps.append((choices[0][0] - last, places, choice[2]))
    return steps


def _by_questions(start: Sequence[int], own: Utility, lines: Sequence[Table], floor: float) -> list[Step]:
    agenda = own.agenda
    levels = tuple(start)
    path = [(own.at(levels), levels)]
    for _ in range(QUESTIONS):
        near = [
            agenda.at((*levels[:place], level, *levels[place + 1 :]))
            for place, issue in enumerate(agenda)
            for level in {max(0, levels[place] - 1), min(issue.levels - 1, levels[place] + 1)} - {levels[place]}
        ]
        near = [offer for offer in near if all(line.at(offer.levels) > 0 for line in lines)]
        worths = own.of(near)
        lower = [(w, offer.levels) for w, offer in zip(worths, near) if floor <= w < path[-1][0]]
        if not lower:
            break
        path.append(max(lower))
        levels = path[-1][1]
    return path
