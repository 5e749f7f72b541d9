"""NegMAS on the domains that come on standard input; figures per second of CPU time on standard output."""

import json
import sys
import time

from negmas.outcomes import make_issue, make_os
from negmas.preferences import LinearAdditiveUtilityFunction
from negmas.sao import ResponseType, SAOMechanism
from negmas.sao.negotiators import (
    BoulwareTBNegotiator,
    ConcederTBNegotiator,
    LinearTBNegotiator,
    MiCRONegotiator,
    NaiveTitForTatNegotiator,
    NiceTitForTatNegotiator,
)

KINDS = {
    "boulware": BoulwareTBNegotiator,
    "conceder": ConcederTBNegotiator,
    "linear": LinearTBNegotiator,
    "micro": MiCRONegotiator,
    "tit-for-tat": NaiveTitForTatNegotiator,
    "nice-tit-for-tat": NiceTitForTatNegotiator,
}


def never(kind):
    """The same strategy, which asks itself whether to accept and then does not."""

    class Never(kind):
        def respond(self, *args, **kwargs):
            super().respond(*args, **kwargs)
            return ResponseType.REJECT_OFFER

    return Never


def convene(tables, kind, rounds):
    issues = [make_issue([f"v{v}" for v in range(len(t))], f"i{i}") for i, t in enumerate(tables[0])]
    space = make_os(issues)
    talk = SAOMechanism(outcome_space=space, n_steps=rounds)
    for number, profile in enumerate(tables):
        values = [{f"v{v}": worth for v, worth in enumerate(issue)} for issue in profile]
        ufun = LinearAdditiveUtilityFunction(
            values=values, weights=[1.0] * len(values), bias=0.0, outcome_space=space, reserved_value=0.0
        )
        talk.add(kind(name=f"p{number}"), ufun=ufun)
    return talk


def measure(tables, kind, rounds, budget, whole):
    """Offers and whole talks per CPU second, within a budget of it."""
    offers, talks, spent, turn = 0, 0, 0.0, 0
    while spent < budget:
        if whole:
            began = time.process_time()
            talk = convene(tables[turn % len(tables)], kind, rounds)
        else:
            talk = convene(tables[turn % len(tables)], kind, rounds)
            began = time.process_time()
        over = False
        while spent + time.process_time() - began < budget * 4:
            over = not talk.step().running
            if over or (not whole and spent + time.process_time() - began >= budget):
                break
        spent += time.process_time() - began
        offers += len(talk.trace)
        talks += int(over)
        turn += 1
        if not over:
            break
    return {"offers": offers, "talks": talks, "cpu_s": spent}


def agreement(tables, kind, rounds):
    talk = convene(tables, kind, rounds)
    talk.run()
    found = talk.agreement
    return None if found is None else [int(value[1:]) for value in found]


def main():
    asked = json.load(sys.stdin)
    rows = []
    for row in asked["rows"]:
        kind, rounds = KINDS.get(row["strategy"]), row["rounds"]
        if kind is None:
            rows.append(None)
            continue
        measure(row["tables"], kind, rounds, 0.05, True)  # warm
        rows.append(
            {
                "offers": measure(row["tables"], never(kind), rounds, asked["budget_s"], False),
                "talks": measure(row["tables"], kind, rounds, asked["budget_s"], True),
            }
        )
    equal = [agreement(e["tables"], KINDS[e["strategy"]], e["rounds"]) for e in asked["equal"]]
    json.dump({"rows": rows, "equal": equal}, sys.stdout)


main()
