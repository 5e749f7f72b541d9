"""Thirty lines that negotiate: concedes like Boulware, for what the other side seems to want.

    python examples/minimal.py 127.0.0.1:9000
    detente run geneva-2025 --strategy CHN=grpc://127.0.0.1:9000
"""

import sys

from detente import Accept, Propose, Strategy, serve


class Patient(Strategy):
    """Time-dependent concession (Faratin, Sierra & Jennings 1998) with e = 0.2."""

    deterministic = True

    def open(self, brief):
        self.brief = brief

    def decide(self, turn):
        brief = self.brief
        best = brief.utility(brief.best)
        target = best - (best - brief.walk_away) * turn.progress**5
        if turn.standing is not None and brief.permits(turn.standing):
            if brief.utility(turn.standing) >= target:
                return Accept()
        return Propose(brief.offer_at(target))


if __name__ == "__main__":
    serve(Patient, sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9000")
