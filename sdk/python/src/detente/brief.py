"""What an agent negotiates for."""

from __future__ import annotations

import enum
import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property

from ._proto import strategy_pb2
from .agenda import Agenda, Offer
from .path import concession_path
from .utility import Table, Utility


class Information(enum.Enum):
    """What an agent is told of what the other side wants."""

    NONE = 1
    """Nothing."""
    MODEL = 2
    """What the party presumes from public facts."""
    TRUTH = 3
    """The truth; only a lab can say it."""


class Brief:
    """What an agent negotiates for; private to its party.

    Attributes: ``party``, ``parties`` (in seat order), ``agenda``, ``rounds``, ``deadline_us``,
    ``turn_limit_us`` (0 for none), ``utility`` (own), ``walk_away`` (no deal is better than one worth
    less), ``best`` (an offer worth most), ``opponent`` (a utility presumed of the other side, or None),
    ``opponent_walk_away`` (with TRUTH alone), ``information``, ``seed`` and ``talk`` (its ordinal).
    """

    def __init__(
        self,
        message: strategy_pb2.Brief,
        information: Information = Information.NONE,
        ask: Callable[[Sequence[Offer]], list[float]] | None = None,
    ) -> None:
        self.information = information
        self.party: str = message.party
        self.parties: list[str] = list(message.parties)
        self.agenda = Agenda(message.agenda)
        self.rounds: int = message.rounds
        self.deadline_us: int = message.deadline_us
        self.turn_limit_us: int = message.turn_limit_us
        self.utility = Utility(self.agenda, message.utility, ask)
        self.walk_away: float = message.walk_away
        self.opponent: Utility | None = None
        if message.HasField("opponent_utility"):
            self.opponent = Utility(self.agenda, message.opponent_utility)
        self.opponent_walk_away: float = message.opponent_walk_away
        self.seed: int = message.seed.seed
        self.talk: int = message.seed.talk
        self.best: Offer = self.agenda.read(message.best)
        self._lines = [_line(self.agenda, line) for line in message.red_lines]

    def permits(self, offer: Offer) -> bool:
        """Whether an offer keeps to every red line."""
        return self._permits(offer.levels)

    def acceptable(self, offer: Offer) -> bool:
        """Whether an offer may be agreed: behind no red line, and worth the walk-away value or more."""
        return self.permits(offer) and self.utility(offer) >= self.walk_away

    def rng(self, round: int) -> random.Random:
        """The random numbers of a turn: the same after a resume, whatever was drawn before."""
        return random.Random(f"{self.seed}/{self.talk}/{self.party}/{round}")

    @cached_property
    def path(self) -> list[tuple[float, Offer]]:
        """Offers of falling own utility from the best one to the walk-away value: (utility, offer).

        See :func:`detente.path.concession_path`. Worked out at the first question; up to a second
        on an agenda of sixty issues.
        """
        found = concession_path(self.best.levels, self.utility, self.opponent, self._lines, self.walk_away)
        return [(worth, self.agenda.at(levels)) for worth, levels in found]

    def offer_at(self, target: float) -> Offer:
        """The last offer of :attr:`path` that is worth ``target`` or more; else the best one."""
        place = bisect_left(self.path, -target, key=lambda step: -step[0])
        while place < len(self.path) and self.path[place][0] >= target:
            place += 1
        return self.path[max(0, place - 1)][1]

    def _permits(self, levels: Sequence[int]) -> bool:
        return all(line.at(levels) > 0.0 for line in self._lines)


def _line(agenda: Agenda, message: strategy_pb2.RedLine) -> Table:
    places = tuple(message.places)
    allowed = tuple(1.0 if fits else 0.0 for fits in message.allowed)
    return Table(places, tuple(agenda[place].levels for place in places), allowed)
