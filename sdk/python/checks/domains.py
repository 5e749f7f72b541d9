"""The scenarios of this checkout as briefs: additive ones over choices and numbers without trade data."""

import pathlib
import tomllib

from detente._proto import record_pb2, strategy_pb2, tariff_pb2
from detente import Agenda

SCENARIOS = pathlib.Path(__file__).parents[3] / "scenarios"
REFERENCE = ["itex-cypress", "laptop", "grocery", "energy"]


def briefs(name: str, rounds: int, seed: int = 7):
    """The briefs of both parties, in seat order."""
    folder = SCENARIOS / name
    scenario = tomllib.loads((folder / "public" / "scenario.toml").read_text())
    issues = [_issue(issue) for issue in scenario["issue"]]
    stored = tariff_pb2.Agenda(issues=issues).SerializeToString()
    agenda = Agenda(stored)
    parties = [party["id"] for party in scenario["party"]]
    found = []
    for party in parties:
        mandate = tomllib.loads((folder / "mandates" / f"{party}.toml").read_text())
        utility = strategy_pb2.Utility(additive=True, tables=[_table(agenda, o) for o in mandate["objective"]])
        brief = strategy_pb2.Brief(party=party, parties=parties, agenda=stored, rounds=rounds, utility=utility)
        brief.procedure = record_pb2.PROCEDURE_ALTERNATING_OFFERS
        brief.walk_away = mandate["walk_away"]
        brief.seed.seed = seed
        best = [0] * len(agenda)
        for table in utility.tables:
            best[table.places[0]] = max(range(len(table.values)), key=lambda level: table.values[level])
        brief.best.CopyFrom(agenda.at(best).message())
        found.append(brief)
    return found


def _issue(issue):
    if "choice" in issue:
        return tariff_pb2.Issue(id=issue["id"], choice=tariff_pb2.Choices(labels=issue["choice"]))
    number = issue["number"]
    scale = number.get("decimals", 0)
    scaled = {key: round(number[key] * 10**scale) for key in ("min", "max", "step")}
    return tariff_pb2.Issue(id=issue["id"], number=tariff_pb2.NumberRange(unit=number["unit"], scale=scale, **scaled))


def _table(agenda, objective):
    place = agenda.place(objective["issue"])
    issue = agenda[place]
    worths = []
    for level in range(issue.levels):
        value = issue.kind.value(level)
        if "values" in objective:
            worths.append(objective["values"][str(value)])
        else:
            worths.append(_between(objective["points"], float(value)))
    return strategy_pb2.Table(places=[place], values=[objective["weight"] * worth for worth in worths])


def _between(points, value):
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x0 <= value <= x1:
            return y0 + (y1 - y0) * (value - x0) / (x1 - x0)
    return points[0][1] if value < points[0][0] else points[-1][1]
