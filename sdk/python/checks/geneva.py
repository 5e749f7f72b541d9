"""Agents of NegMAS and of its league, unchanged, at the Geneva talks against a native strategy.

    .venv/bin/pip install './sdk/python[negmas]' && .venv/bin/pip install --no-deps anl-agents==0.2
    .venv/bin/python sdk/python/checks/geneva.py --detente target/release/detente

``--no-deps`` because the league's full set is 8.8 GB; these agents need numpy and scipy, which NegMAS
brings. Prints a row per agent, and ends with 1 if one missed a turn or its talk did not end by the rules.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time

AGENTS = [
    "negmas.sao:BoulwareTBNegotiator",
    "negmas.sao:MiCRONegotiator",
    "anl_agents.anl2024.takafam.shochan:Shochan",
    "anl_agents.anl2024.team_moto.uoagent:UOAgent",
    "anl_agents.anl2024.team_240.bidbot:BidBot",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--detente", default="target/release/detente", metavar="PATH")
    parser.add_argument("--against", default="boulware", metavar="SPEC", help="what the US plays")
    given = parser.parse_args()
    print(f"{'CHN':<46} {'outcome':<8} {'rounds':>6} {'USA':>6} {'CHN':>6} {'missed':>6} {'seconds':>8}")
    bad = [name for name in AGENTS if not talk(given.detente, given.against, name)]
    sys.exit(1 if bad else 0)


def talk(detente, against, name):
    """Plays one talk and prints its row; whether it went by the rules with no turn missed."""
    command = [sys.executable, "-m", "detente.negmas", name, "--listen", "127.0.0.1:0", "--bare"]
    agent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        # The first line says where the agent listens.
        address = re.search(r"[\w.]+:\d+", agent.stdout.readline()).group()
        with tempfile.TemporaryDirectory() as folder:
            record = f"{folder}/talk.db"
            strategies = ["--strategy", f"USA={against}", "--strategy", f"CHN=grpc://{address}"]
            begun = time.monotonic()
            run = [detente, "run", "geneva-2025", "--record", record, "--format", "json"]
            report = answer(run + strategies)
            seconds = time.monotonic() - begun
            entries = answer([detente, "record", "show", "--record", record, "--format", "json"])["entries"]
    finally:
        agent.terminate()
        agent.wait(10)
    missed = sum(entry["kind"] == "turn_missed" for entry in entries)
    worth = report["utilities"] or {}
    shown = [f"{worth[party]:6.3f}" if worth.get(party) is not None else f"{'–':>6}" for party in ("USA", "CHN")]
    outcome = f"{report['outcome']:<8} {report['rounds']:>6} {shown[0]} {shown[1]}"
    print(f"{name:<46} {outcome} {missed:>6} {seconds:>8.1f}", flush=True)
    return missed == 0 and report["outcome"] in ("agreed", "failed")


def answer(command):
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


if __name__ == "__main__":
    main()
