"""What a strategy is: two methods, and what they are given."""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Union

from .agenda import Offer
from .brief import Brief


@dataclass(frozen=True)
class Propose:
    """Puts an offer on the table."""

    offer: Offer


@dataclass(frozen=True)
class Accept:
    """Accepts the offer on the table."""


@dataclass(frozen=True)
class WalkAway:
    """Leaves the talk, which ends it for all."""


Move = Union[Propose, Accept, WalkAway]


class Act(enum.Enum):
    """What a turn of the history was."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    WALKED_AWAY = "walked_away"
    MISSED = "missed"


@dataclass(frozen=True)
class Happened:
    """A turn of the public history. ``accepted`` is the place in the history of what was accepted."""

    party: str
    round: int
    time_us: int
    act: Act
    offer: Offer | None = None
    accepted: int | None = None


@dataclass(frozen=True)
class Turn:
    """The turn at hand.

    ``history`` is that of the whole talk, facts whoever lived through them; ``standing`` the offer on
    the table if it is another's; ``progress`` runs from 0 in the first round to 1 in the last.
    """

    number: int
    round: int
    rounds_left: int
    progress: float
    time_us: int
    limit_ms: int
    standing: Offer | None
    history: list[Happened] = field(repr=False)

    def offers_of(self, party: str) -> list[Offer]:
        """What a party has proposed so far, oldest first."""
        return [turn.offer for turn in self.history if turn.party == party and turn.offer is not None]

    def offers_of_others(self, me: str) -> list[Offer]:
        """What all others have proposed so far, oldest first."""
        return [turn.offer for turn in self.history if turn.party != me and turn.offer is not None]


@dataclass(frozen=True)
class Correction:
    """Why the host cannot use the last answer, and how many more it will read."""

    turn: int
    message: str
    attempts_left: int


@dataclass(frozen=True)
class End:
    """How the talk ended: what was agreed, if it was, and what that is worth to the party."""

    agreed: Offer | None
    utility: float


class Strategy(ABC):
    """A way to negotiate. One instance serves one party in one talk.

    Decide by the brief and the turn: after a crash a fresh instance is told the whole history and
    asked the turn at hand. ``deterministic`` promises that it then decides the same.
    """

    name: str = ""
    """What it is called; the class's name if left out."""
    deterministic: bool = False
    """Whether the same brief, seed and history always give the same move."""
    max_parties: int = 2
    """The most parties at its table."""
    needs_opponent_utility: bool = False
    """Whether it must be told something of what the other side wants."""
    needs_closed_form: bool = False
    """Whether its own utility must come as tables."""

    @abstractmethod
    def open(self, brief: Brief) -> None:
        """Hears what it negotiates for; once, before the first turn."""

    @abstractmethod
    def decide(self, turn: Turn) -> Move:
        """What to do with the turn at hand."""

    def correct(self, turn: Turn, correction: Correction) -> Move:
        """Another answer where the last one could not be used; by default the best offer."""
        return Propose(self.brief_of_host.best)

    def close(self, end: End | None) -> None:
        """Hears how the talk ended; None if the host left before."""

    brief_of_host: Brief
    """The brief, as :func:`detente.serve` keeps it beside whatever ``open`` does."""
