"""What offers are worth: sums of tables over groups of issues."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ._proto import strategy_pb2
from .agenda import Agenda, Offer


@dataclass(frozen=True)
class Table:
    """What each combination of levels of a group of issues adds; the last place runs fastest."""

    places: tuple[int, ...]
    radices: tuple[int, ...]
    values: tuple[float, ...]

    def at(self, levels: Sequence[int]) -> float:
        """The entry for an offer at these levels."""
        index = 0
        for place, radix in zip(self.places, self.radices):
            index = index * radix + levels[place]
        return self.values[index]


class Utility:
    """What offers are worth to somebody, from 0 to 1.

    ``tables`` is the closed form; None where the host must be asked, which ``utility(offer)`` does.
    """

    def __init__(
        self,
        agenda: Agenda,
        message: strategy_pb2.Utility,
        ask: Callable[[Sequence[Offer]], list[float]] | None = None,
    ) -> None:
        self.agenda = agenda
        self._ask = ask
        self._known: dict[tuple[int, ...], float] = {}
        self.tables: list[Table] | None = None
        if message.additive:
            self.tables = [_table(agenda, table) for table in message.tables]

    def __call__(self, offer: Offer) -> float:
        """What an offer is worth."""
        return self.at(offer.levels)

    def at(self, levels: Sequence[int]) -> float:
        """What the offer at these levels is worth."""
        if self.tables is not None:
            return min(1.0, max(0.0, sum(table.at(levels) for table in self.tables)))
        return self.of([Offer(self.agenda, tuple(levels))])[0]

    def of(self, offers: Sequence[Offer]) -> list[float]:
        """What several offers are worth: one question instead of many where the host is asked."""
        if self.tables is not None:
            return [self.at(offer.levels) for offer in offers]
        if self._ask is None:
            raise ValueError("this utility has no closed form and nobody to ask")
        fresh = list({offer.levels: offer for offer in offers if offer.levels not in self._known}.values())
        for start in range(0, len(fresh), 1024):
            part = fresh[start : start + 1024]
            self._known.update(zip((offer.levels for offer in part), self._ask(part)))
        return [self._known[offer.levels] for offer in offers]


def _table(agenda: Agenda, message: strategy_pb2.Table) -> Table:
    places = tuple(message.places)
    return Table(places, tuple(agenda[place].levels for place in places), tuple(message.values))


