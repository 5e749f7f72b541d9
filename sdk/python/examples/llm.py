"""A language model at the table, behind any server that speaks the chat-completions protocol.

    OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=... MODEL=some-model \\
        python examples/llm.py 127.0.0.1:9000

The model is shown the issues, what some offers are worth to its party, and the last offers of the
talk; it answers with JSON. An answer that cannot be used is shown to it once with what is wrong.
What then still cannot be used is left to a declared rule: even concession.
"""

import json
import logging
import os
import sys
import urllib.request

from detente import Accept, Correction, Propose, Strategy, WalkAway, serve

log = logging.getLogger("llm")

SYSTEM = """You negotiate for {party}. Answer with one JSON object and nothing else:
{{"act": "propose", "utility": U}} to propose the offer that is worth U to you and best for the other side,
{{"act": "propose", "offer": {{ISSUE: VALUE, ...}}}} to propose a complete offer of your own,
{{"act": "accept"}} to accept the offer on the table, or {{"act": "walk_away"}}.
Utilities run from 0 to 1. No deal is worth {walk_away:.3f} to you. There are {rounds} rounds.
The issues: {issues}"""


def complete(messages):
    """The model's answer to a conversation."""
    base = os.environ.get("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1").rstrip("/")
    body = {"model": os.environ.get("MODEL", "default"), "messages": messages, "temperature": 0}
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {os.environ.get('OPENAI_API_KEY', '')}"}
    request = urllib.request.Request(f"{base}/chat/completions", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=float(os.environ.get("LLM_TIMEOUT", "4"))) as response:
        return json.load(response)["choices"][0]["message"]["content"]


class Model(Strategy):
    """Asks a language model for every move."""

    name = "language-model"

    def open(self, brief):
        self.brief = brief
        issues = "; ".join(f"{issue.name}: {issue.kind}" for issue in brief.agenda)
        system = SYSTEM.format(party=brief.party, walk_away=brief.walk_away, rounds=brief.rounds, issues=issues)
        self.system = {"role": "system", "content": system}

    def decide(self, turn):
        question = {"role": "user", "content": self._situation(turn)}
        messages = [self.system, question]
        for _ in range(2):
            try:
                answer = complete(messages)
                return self._move(turn, json.loads(answer[answer.index("{") : answer.rindex("}") + 1]))
            except (ValueError, KeyError, TypeError) as error:
                complaint = f"This cannot be used: {error}. Answer again."
                messages += [{"role": "assistant", "content": answer}, {"role": "user", "content": complaint}]
            except OSError as error:
                log.warning("the model cannot be asked: %s", error)
                break
        return self._rule(turn)

    def correct(self, turn, correction: Correction):
        return self._rule(turn)

    def _situation(self, turn):
        lines = [f"Round {turn.round}; {turn.rounds_left} rounds are left after it."]
        for happened in turn.history[-6:]:
            if happened.offer is not None:
                worth = self.brief.utility(happened.offer)
                lines.append(f"{happened.party} proposed what is worth {worth:.3f} to you.")
        if turn.standing is not None:
            lines.append(f"On the table, worth {self.brief.utility(turn.standing):.3f} to you: {dict(turn.standing)}")
        return "\n".join(lines)

    def _move(self, turn, answer):
        act = answer["act"]
        if act == "accept":
            if turn.standing is None or not self.brief.acceptable(turn.standing):
                raise ValueError("no offer stands that you may accept")
            return Accept()
        if act == "walk_away":
            return WalkAway()
        if act != "propose":
            raise ValueError(f"{act!r} is no act")
        if "utility" in answer:
            return Propose(self.brief.offer_at(max(float(answer["utility"]), self.brief.walk_away)))
        offer = self.brief.agenda.offer(answer["offer"])
        if not self.brief.acceptable(offer):
            raise ValueError("the offer is worth less to you than no deal, or behind a red line")
        return Propose(offer)

    def _rule(self, turn):
        best = self.brief.utility(self.brief.best)
        target = best - (best - self.brief.walk_away) * turn.progress
        if turn.standing is not None and self.brief.acceptable(turn.standing):
            if self.brief.utility(turn.standing) >= target:
                return Accept()
        return Propose(self.brief.offer_at(target))


if __name__ == "__main__":
    serve(Model, sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:9000")
