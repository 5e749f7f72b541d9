"""An agent: concedes evenly, never below what no deal is worth. Change `decide`, and it is yours."""

import sys

from detente import Accept, Propose, Strategy, serve


class Mine(Strategy):
    """Accepts what is at least as good as its target; else proposes at the target."""

    name = "my-agent"
    deterministic = True

    def open(self, brief):
        """Hears what it negotiates for, once per talk."""
        self.brief = brief

    def decide(self, turn):
        """What to do with the turn at hand: decide by `turn` and the brief alone."""
        brief = self.brief
        best = brief.utility(brief.best)
        target = best - (best - brief.walk_away) * turn.progress
        if turn.standing is not None and brief.utility(turn.standing) >= target:
            return Accept()
        return Propose(brief.offer_at(target))


if __name__ == "__main__":
    serve(Mine, sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9000")
