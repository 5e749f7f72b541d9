"""Puts any NegMAS negotiator at the table, unchanged.

    detente-negmas negmas.sao:BoulwareTBNegotiator --listen 127.0.0.1:9000

The negotiator hears what a NegMAS mechanism would tell it: a live ``SAONMI``, one ``SAOState`` per
turn, every offer of the other side. Agents that list outcomes get a *menu* (:class:`Menu`) in
place of an outcome space that cannot be listed; what any offer is worth is answered exactly.

What such an agent is told of the other side is what the brief says: a model, the truth (from a lab
alone), or nothing. Agents are stateful: a new one is told the offers of the history first.
"""

from __future__ import annotations

import argparse
import copy
import importlib
import importlib.machinery
import importlib.util
import logging
import random
import sys
from collections.abc import Callable, Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

from negmas import ResponseType
from negmas.outcomes import make_issue, make_os
from negmas.preferences import UtilityFunction
from negmas.sao import SAONMI, SAOState

from .agenda import Offer
from .brief import Brief, Information
from .server import serve
from .strategy import Accept, Act, Correction, End, Move, Propose, Strategy, Turn, WalkAway
from .utility import Utility

log = logging.getLogger("detente.negmas")

MENU = 10_000
"""The most offers of a menu."""

Outcome = tuple


def _outcome(offer: Offer) -> Outcome:
    """An offer as NegMAS has it: levels of numbers, labels, on and off as texts."""
    return tuple(_text(offer.agenda[place].kind.value(level)) for place, level in enumerate(offer.levels))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


class Menu:
    """The offers an agent that lists outcomes is shown.

    All offers of a small agenda. Of a large one at most ``size``: the party's concession path under
    the declared prior (:attr:`detente.Brief.path`), then offers one or two issues away from a
    random one of it, drawn from the brief's seed.
    """

    def __init__(self, brief: Brief, size: int = MENU) -> None:
        agenda = brief.agenda
        self.complete = agenda.outcomes <= size
        if self.complete:
            self.offers = [agenda.at(levels) for levels in _all([issue.levels for issue in agenda])]
        else:
            self.offers = self._near_the_path(brief, size)
        self.outcomes = [_outcome(offer) for offer in self.offers]

    @staticmethod
    def _near_the_path(brief: Brief, size: int) -> list[Offer]:
        agenda, draw = brief.agenda, brief.rng(0)
        found = {offer.levels: offer for _, offer in brief.path}
        spine = list(found.values())
        for _ in range(size * 4):
            if len(found) >= size:
                break
            levels = list(draw.choice(spine).levels)
            for place in draw.sample(range(len(agenda)), k=min(len(agenda), draw.randint(1, 2))):
                levels[place] = draw.randrange(agenda[place].levels)
            offer = agenda.at(levels)
            if brief.permits(offer):
                found.setdefault(offer.levels, offer)
        return list(found.values())[:size]

    def __str__(self) -> str:
        how = "every offer" if self.complete else "the concession path and offers near it"
        return f"{len(self.offers)} offers: {how}"


def _all(radices: Sequence[int]) -> list[tuple[int, ...]]:
    combinations: list[tuple[int, ...]] = [()]
    for radix in radices:
        combinations = [(*head, level) for head in combinations for level in range(radix)]
    return combinations


class _Ufun(UtilityFunction):
    """A utility of ours as NegMAS has it: answers for any offer, menu or not."""

    def __init__(self, utility: Utility, offers: dict[Outcome, Offer], read: Callable[[Outcome], Offer], **more: Any) -> None:
        super().__init__(**more)
        self._utility, self._offers, self._read = utility, offers, read
        # Known at once for the menu: agents ask for each offer again and again.
        self._known = dict(zip(offers, utility.of(list(offers.values()))))

    def eval(self, offer: Outcome) -> float:
        known = self._known.get(offer)
        if known is None:
            known = self._known[offer] = self._utility(self._read(offer))
        return known

    def __deepcopy__(self, memo: dict) -> _Ufun:
        # Agents copy what they are given before they change a copy's reserved value; what an offer is
        # worth is the same to all copies.
        return copy.copy(self)

    def is_volatile(self) -> bool:
        return False

    def is_stationary(self) -> bool:
        return True


class _Mechanism(SimpleNamespace):
    """What an ``SAONMI`` asks its mechanism for."""

    def __getattr__(self, name: str) -> Any:
        # Whatever else an agent asks a mechanism for is not there, and says so by its name.
        raise AttributeError(f"the table is not in this process, it has no {name!r}")


class NegmasStrategy(Strategy):
    """A NegMAS negotiator as a strategy of ours."""

    deterministic = False

    def __init__(self, cls: type, menu: int = MENU, params: dict[str, Any] | None = None) -> None:
        self._cls, self._size, self._params = cls, menu, params or {}
        self.name = cls.__name__

    def open(self, brief: Brief) -> None:
        random.seed(f"{brief.seed}/{brief.talk}/{brief.party}")
        try:
            import numpy

            numpy.random.seed((brief.seed * 1_000_003 + brief.talk) % 2**32)
        except ImportError:
            pass
        self.brief = brief
        self.menu = Menu(brief, self._size)
        log.info("%s as %s: menu of %s", self.name, brief.party, self.menu)
        self._offers = dict(zip(self.menu.outcomes, self.menu.offers))
        self._space = self._outcome_space()
        self._told = 0
        own = self._ufun(brief.utility, brief.walk_away)
        private = {}
        if brief.information is not Information.NONE and brief.opponent is not None:
            private["opponent_ufun"] = self._ufun(brief.opponent, brief.opponent_walk_away)
        self.state = SAOState(running=True, started=True, n_negotiators=len(brief.parties))
        self.agent = self._cls(name=brief.party, id=brief.party, private_info=private or None, **self._params)
        self.nmi = self._interface()
        if not self.agent.join(self.nmi, self.state, ufun=own, role="negotiator"):
            raise RuntimeError(f"{self.name} will not join")
        self.agent._on_negotiation_start(self.state)

    def decide(self, turn: Turn) -> Move:
        own = any(past.party == self.brief.party for past in turn.history)
        first = self._told == 0 and own
        self._tell(turn, replay=first)
        state = self._at(turn.round)
        if turn.standing is not None:
            state.current_offer = _outcome(turn.standing)
            state.current_proposer = self._partner(turn)
        response = self._ask(state)
        if response.response == ResponseType.ACCEPT_OFFER and turn.standing is not None:
            return Accept()
        if response.response == ResponseType.END_NEGOTIATION:
            return WalkAway()
        if response.outcome is None:
            return Propose(self.brief.best)
        return Propose(self._read(tuple(response.outcome)))

    def correct(self, turn: Turn, correction: Correction) -> Move:
        return Propose(self.brief.best)

    def close(self, end: End | None) -> None:
        if hasattr(self, "agent"):
            self.state.running = False
            if end is not None and end.agreed is not None:
                self.state.agreement = _outcome(end.agreed)
            self.agent._on_negotiation_end(self.state)

    def _ask(self, state: SAOState) -> Any:
        try:
            return self.agent(state, None)
        except TypeError:
            return self.agent(state)

    def _tell(self, turn: Turn, replay: bool) -> None:
        """Lets the agent hear what the others proposed since it was last asked; a new one that comes
        into a talk is asked its own past turns too, so that it knows what it has said."""
        for happened in turn.history[self._told :]:
            if happened.act is not Act.PROPOSED or happened.offer is None:
                continue
            outcome = _outcome(happened.offer)
            state = self._at(happened.round)
            if happened.party == self.brief.party:
                if replay:
                    self._ask(state)
                continue
            state.current_offer, state.current_proposer = outcome, happened.party
            self.agent.on_partner_proposal(state, happened.party, outcome)
        self._told = len(turn.history)

    def _at(self, round: int) -> SAOState:
        step = round - 1
        self.state.step = step
        self.state.relative_time = (step + 1) / (self.brief.rounds + 1)
        self.state.time = float(step)
        return self.state

    def _partner(self, turn: Turn) -> str:
        proposed = [happened.party for happened in turn.history if happened.act is Act.PROPOSED]
        return proposed[-1]

    def _read(self, outcome: Outcome) -> Offer:
        known = self._offers.get(outcome)
        if known is not None:
            return known
        levels = [table[str(value)] for table, value in zip(self._levels, outcome, strict=True)]
        return self.brief.agenda.at(levels)

    def _ufun(self, utility: Utility, reserved: float) -> _Ufun:
        return _Ufun(utility, self._offers, self._read, outcome_space=self._space, reserved_value=reserved)

    def _outcome_space(self) -> Any:
        self._levels = [
            {_text(issue.kind.value(level)): level for level in range(issue.levels)} for issue in self.brief.agenda
        ]
        issues = [make_issue(list(levels), name=issue.name) for levels, issue in zip(self._levels, self.brief.agenda)]
        space = make_os(issues)
        if not self.menu.complete:
            _show_the_menu(space, self.menu.outcomes)
        return space

    def _interface(self) -> SAONMI:
        rounds, space, state = self.brief.rounds, self._space, self.state
        mechanism = _Mechanism(
            outcome_space=space,
            issues=space.issues,
            state=state,
            negotiators=[],
            negotiator_ids=list(self.brief.parties),
            negotiator_names=list(self.brief.parties),
            agent_ids=[],
            agent_names=[],
            genius_ids=list(self.brief.parties),
            agreement=None,
            n_outcomes=len(self.menu.outcomes),
            nmi=None,
            history=[],
            trace=[],
            extended_trace=[],
            full_trace=[],
            offers=[],
            params={},
            id=f"talk-{self.brief.talk}",
            remaining_steps=rounds,
            remaining_time=None,
            relative_time=0.0,
            time=0.0,
            expected_remaining_time=None,
            expected_relative_time=0.0,
            negotiator_offers=lambda _: [],
            random_outcomes=lambda n=1: list(space.sample(n, False, False)),
            discrete_outcomes=lambda *_, **__: list(self.menu.outcomes),
            random_outcome=lambda: space.random_outcome(),
            log_info=lambda *_, **__: None,
        )
        return SAONMI(
            id=f"talk-{self.brief.talk}",
            n_outcomes=len(self.menu.outcomes),
            outcome_space=space,
            shared_time_limit=float("inf"),
            shared_n_steps=rounds,
            private_time_limit=float("inf"),
            private_n_steps=None,
            pend=0.0,
            pend_per_second=0.0,
            step_time_limit=float("inf"),
            negotiator_time_limit=float("inf"),
            dynamic_entry=False,
            max_n_negotiators=len(self.brief.parties),
            _mechanism=mechanism,
            annotation={},
            end_on_no_response=True,
            one_offer_per_step=False,
            offering_is_accepting=True,
            allow_none_with_data=True,
            allow_negotiators_to_leave=True,
        )


def _show_the_menu(space: Any, outcomes: list[Outcome]) -> None:
    """Lets an outcome space that cannot be listed list the menu instead."""
    kind = type(space)

    class Shown(kind):  # type: ignore[misc, valid-type]
        def enumerate_or_sample(self, *_: Any, **__: Any) -> list[Outcome]:
            return list(outcomes)

        def enumerate(self, *_: Any, **__: Any) -> list[Outcome]:
            return list(outcomes)

        def sample(self, n_outcomes: int, *_: Any, **__: Any) -> list[Outcome]:
            return random.sample(outcomes, min(n_outcomes, len(outcomes)))

        def is_discrete(self) -> bool:
            return True

        @property
        def cardinality(self) -> int:
            return len(outcomes)

    object.__setattr__(space, "__class__", Shown)


def negotiator(name: str, bare: bool = False) -> type:
    """The class that ``module:Class`` or ``module.Class`` names.

    ``bare`` enters the packages around the module without running them: those of ``anl-agents`` import
    every agent there is, and with them gigabytes that one agent has no use for.
    """
    module, _, cls = name.rpartition(":") if ":" in name else name.rpartition(".")
    if bare:
        _enter(module)
    return getattr(importlib.import_module(module), cls)


def _enter(module: str) -> None:
    """Makes the packages around a module known by their folders alone."""
    outer = None
    for end in range(1, len(module.split("."))):
        name = ".".join(module.split(".")[:end])
        if name not in sys.modules:
            if outer is None:
                spec = importlib.util.find_spec(name)
            else:
                spec = importlib.machinery.PathFinder.find_spec(name, outer.__path__)
            if spec is None or spec.submodule_search_locations is None:
                return
            package = ModuleType(name)
            package.__spec__ = spec
            package.__path__ = list(spec.submodule_search_locations)
            sys.modules[name] = package
        outer = sys.modules[name]


def serve_negmas(name: str, address: str = "127.0.0.1:9000", menu: int = MENU, bare: bool = False, **params: Any) -> None:
    """Serves a NegMAS negotiator until SIGTERM or Ctrl-C."""
    cls = negotiator(name, bare)
    serve(lambda: NegmasStrategy(cls, menu, params), address)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command ``detente-negmas``."""
    parser = argparse.ArgumentParser(prog="detente-negmas", description=__doc__.splitlines()[0])
    parser.add_argument("negotiator", help="module:Class, such as negmas.sao:BoulwareTBNegotiator")
    parser.add_argument("--listen", default="127.0.0.1:9000", metavar="ADDR", help="port 0 takes a free one")
    parser.add_argument("--menu", type=int, default=MENU, metavar="N", help="the most offers an agent lists")
    parser.add_argument("--bare", action="store_true", help="do not run the packages around the module")
    given = parser.parse_args(arguments)
    serve_negmas(given.negotiator, given.listen, given.menu, given.bare)


if __name__ == "__main__":
    main()
