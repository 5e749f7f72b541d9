"""Negotiation strategies for Détente, in Python.

Subclass :class:`Strategy`, implement ``open`` and ``decide``, call :func:`serve`::

    from detente import Accept, Propose, Strategy, serve

    class Linear(Strategy):
        def open(self, brief):
            self.brief = brief

        def decide(self, turn):
            best = self.brief.utility(self.brief.best)
            target = best - (best - self.brief.walk_away) * turn.progress
            if turn.standing is not None and self.brief.utility(turn.standing) >= target:
                return Accept()
            return Propose(self.brief.offer_at(target))

    serve(Linear, "127.0.0.1:9000")
"""

from .agenda import Agenda, Choice, Issue, Number, Offer, Switch
from .brief import Brief, Information
from .server import Server, serve
from .strategy import Accept, Correction, End, Happened, Move, Propose, Strategy, Turn, WalkAway
from .utility import Utility

__all__ = [
    "Accept",
    "Agenda",
    "Brief",
    "Choice",
    "Correction",
    "End",
    "Happened",
    "Information",
    "Issue",
    "Move",
    "Number",
    "Offer",
    "Propose",
    "Server",
    "Strategy",
    "Switch",
    "Turn",
    "Utility",
    "WalkAway",
    "serve",
]
