"""Talks through the adapter beside NegMAS's own mechanism: the same agreement, or the row says so.

    python checks/equivalence.py [--rounds 100]

Needs negmas. Ends with 1 if an agreement differs.
"""

import argparse
import itertools
import random
import sys

import domains
import numpy
from detente import Accept, Brief, Propose, Turn
from detente.negmas import NegmasStrategy, negotiator
from detente.strategy import Act, Happened
from negmas.sao import SAOMechanism

MENU = 1_000_000  # every offer of these domains

DETERMINISTIC = [
    "negmas.sao:BoulwareTBNegotiator",
    "negmas.sao:LinearTBNegotiator",
    "negmas.sao:ConcederTBNegotiator",
    "negmas.sao:MiCRONegotiator",
    "negmas.sao:NaiveTitForTatNegotiator",
]


def through_the_adapter(messages, classes, rounds):
    """The agreement of an alternating talk between two agents behind the adapter."""
    agents = []
    for message, cls in zip(messages, classes):
        agents.append(NegmasStrategy(cls, MENU))
        agents[-1].open(Brief(message))
    _seed()
    history = []
    for number in range(2 * rounds):
        seat, round_ = number % 2, number // 2 + 1
        standing = history[-1].offer if history else None
        turn = Turn(number + 1, round_, rounds - round_, 0.0, 0, 0, standing, list(history))
        move = agents[seat].decide(turn)
        if isinstance(move, Accept):
            return standing.levels
        if not isinstance(move, Propose):
            return None
        party = messages[seat].party
        history.append(Happened(party, round_, 0, Act.PROPOSED, move.offer))
    return None


def in_negmas(messages, classes, rounds):
    """The agreement of the same talk in NegMAS's own mechanism."""
    prepared = []
    for message, cls in zip(messages, classes):
        prepared.append(NegmasStrategy(cls, MENU))
        prepared[-1].open(Brief(message))
    mechanism = SAOMechanism(outcome_space=prepared[0]._space, n_steps=rounds)
    for message, cls, ours in zip(messages, classes, prepared):
        ufun = ours._ufun(ours.brief.utility, ours.brief.walk_away)
        mechanism.add(cls(name=message.party), ufun=ufun)
    _seed()
    agreement = mechanism.run().agreement
    return None if agreement is None else prepared[0]._read(tuple(agreement)).levels


def _seed():
    """Both sides draw the same numbers."""
    random.seed(7)
    numpy.random.seed(7)


def _drawn(options):
    """One of several, by what they are. MiCRO repeats a random earlier offer while it waits, out of a set
    whose order is another in every process, and NegMAS's mechanism draws names from the same stream of
    numbers in between: neither may decide whether two talks agree."""
    return random.Random(len(options)).choice(sorted(options))


def main() -> int:
    """Prints a row for each talk."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--domain", action="append", choices=domains.REFERENCE)
    given = parser.parse_args()
    random.choice = _drawn
    equal = total = 0
    for domain in given.domain or domains.REFERENCE:
        messages = domains.briefs(domain, given.rounds)
        for names in itertools.product(DETERMINISTIC, repeat=2):
            classes = [negotiator(name) for name in names]
            here = through_the_adapter(messages, classes, given.rounds)
            there = in_negmas(messages, classes, given.rounds)
            total, equal = total + 1, equal + (here == there)
            short = " ".join(f"{name.rpartition(':')[2]:<26}" for name in names)
            print(f"{domain:<14}{short}{'equal' if here == there else f'DIFFERENT {here} {there}'}", flush=True)
    print(f"agreements equal: {equal} of {total}")
    return 0 if equal == total else 1


if __name__ == "__main__":
    sys.exit(main())
