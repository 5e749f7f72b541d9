"""Convenes a talk, watches it, and scores an offer: what any gRPC client can do.

usage: client.py HOST:PORT, with stubs made from proto/ on PYTHONPATH
"""

import json
import sys
import time

import grpc
from detente.mediation.v1 import mediation_pb2 as mediation
from detente.mediation.v1 import mediation_pb2_grpc as mediation_grpc
from detente.mediation.v1 import record_pb2 as record
from detente.scoring.v1 import scoring_pb2 as scoring
from detente.scoring.v1 import scoring_pb2_grpc as scoring_grpc
from google.rpc import error_details_pb2, status_pb2

PATIENCE = 60


def reason(error):
    """The code and the reason of a refusal."""
    status = status_pb2.Status()
    status.ParseFromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    info = error_details_pb2.ErrorInfo()
    for detail in status.details:
        if detail.Unpack(info):
            return [error.code().name, info.reason]
    return [error.code().name, ""]


def main(address):
    channel = grpc.insecure_channel(address)
    table = mediation_grpc.MediationServiceStub(channel)
    bench = scoring_grpc.ScoringServiceStub(channel)

    listed = bench.ListScenarios(scoring.ListScenariosRequest(), timeout=PATIENCE)
    geneva = next(s for s in listed.scenarios if s.name == "geneva-2025")

    terms = record.Terms(
        scenario=geneva.name,
        scenario_digest=geneva.digest,
        procedure=record.PROCEDURE_ALTERNATING_OFFERS,
        parties=geneva.parties,
        agenda=geneva.agenda,
        rounds=geneva.rounds,
        # Nobody will come: the talk ends at its deadline.
        deadline_us=time.time_ns() // 1000 + 500_000,
    )
    request = mediation.ConveneTalkRequest(request_id="from python", terms=terms)
    talk = table.ConveneTalk(request, timeout=PATIENCE).talk
    again = table.ConveneTalk(request, timeout=PATIENCE).talk

    entries = []
    for batch in table.WatchEntries(mediation.WatchEntriesRequest(talk=talk.talk), timeout=PATIENCE):
        entries.extend(batch.entries)
    closed = record.Closed.FromString(entries[-1].body.payload)

    scored = bench.ScoreOffers(
        scoring.ScoreOffersRequest(scenario=geneva.name, offers=[geneva.status_quo]), timeout=PATIENCE
    )
    deficit = scored.impacts[0].bilateral_deficit

    del geneva.status_quo.values[:]
    try:
        bench.ScoreOffers(
            scoring.ScoreOffersRequest(scenario=geneva.name, offers=[geneva.status_quo]), timeout=PATIENCE
        )
        refusal = None
    except grpc.RpcError as error:
        refusal = reason(error)

    report = {
        "same_talk": talk.talk == again.talk,
        "kinds": [record.EntryKind.Name(entry.body.kind) for entry in entries],
        "failure": record.FailureReason.Name(closed.failed.reason),
        "deficit": {"base": deficit.base, "before": deficit.before, "after": deficit.after},
        "refusal": refusal,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1])
