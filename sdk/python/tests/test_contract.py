"""The agent's side of the contract, against a host in this process."""

import pathlib
import subprocess
import sys
import threading
from decimal import Decimal

import grpc
import pytest

from detente import Accept, Propose, Server, Strategy, WalkAway
from host import Host

ROOT = pathlib.Path(__file__).parent.parent


class Linear(Strategy):
    """Concedes evenly; notes what it hears."""

    deterministic = True
    heard: list = []

    def open(self, brief):
        self.brief = brief

    def decide(self, turn):
        brief = self.brief
        best = brief.utility(brief.best)
        target = best - (best - brief.walk_away) * turn.progress
        if turn.standing is not None and brief.utility(turn.standing) >= target:
            return Accept()
        return Propose(brief.offer_at(target))

    def close(self, end):
        Linear.heard.append(end)


class Told(Linear):
    """Does what its class is told."""

    answers: list = []

    def decide(self, turn):
        answer = Told.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def serving():
    servers = []

    def start(make):
        servers.append(Server(make, "127.0.0.1:0"))
        return servers[-1].address

    yield start
    for server in servers:
        server.stop(0)


def test_offers_are_complete_typed_and_equal_by_value(serving):
    host = Host(serving(Linear))
    offer = host.agenda.offer({"pause": True, "rate": 15, "venue": "London"})
    assert dict(offer) == {"rate": Decimal("15.00"), "venue": "London", "pause": True}
    assert offer == host.agenda.read(offer.message()) and hash(offer) == hash(host.agenda.at(offer.levels))
    for wrong, word in [
        ({"rate": 15, "venue": "London"}, "pause"),
        ({"rate": 16, "venue": "London", "pause": True}, "steps of 5"),
        ({"rate": float("nan"), "venue": "London", "pause": True}, "rate"),
        ({"rate": 15, "venue": "Paris", "pause": True}, "Paris"),
        ({"rate": 15, "venue": "London", "pause": 1}, "pause"),
        ({"rate": 15, "venue": "London", "pause": True, "x": 1}, "no issue"),
    ]:
        with pytest.raises(ValueError, match=word):
            host.agenda.offer(wrong)


def test_it_concedes_from_the_best_to_its_walk_away_value_and_keeps_to_red_lines(serving):
    host = Host(serving(Linear))
    assert host.welcome.agent.name == "Linear" and host.welcome.agent.deterministic
    poor = host.agenda.offer({"rate": 10, "venue": "Geneva", "pause": False})
    worths = []
    move = host.turn()
    for _ in range(9):
        offer = host.agenda.read(move.propose)
        assert offer["rate"] >= 10
        worths.append(host.utility(offer))
        move = host.turn(poor)
    assert worths[0] == pytest.approx(1) and worths == sorted(worths, reverse=True) and min(worths) >= 0.3
    host.end()
    assert Linear.heard[-1].utility == 0.3


def test_a_new_stream_with_the_whole_history_decides_alike(serving):
    address = serving(Linear)
    first, offers = Host(address), []
    poor = first.agenda.offer({"rate": 10, "venue": "Geneva", "pause": False})
    move = first.turn()
    for _ in range(4):
        before = list(first.history)
        move = first.turn(poor)
        second = Host(address)
        second.history = before
        offers.append((move.propose, second.turn(poor).propose))
    assert all(here == there for here, there in offers)


def test_a_black_box_is_asked_about(serving):
    host = Host(serving(Linear), closed=False, model=False)
    host.turn()
    poor = host.agenda.offer({"rate": 10, "venue": "Geneva", "pause": False})
    move = host.turn(poor)
    assert 0.3 <= host.utility(host.agenda.read(move.propose)) <= 1.0
    assert host.questions > 0


def test_a_host_that_leaves_in_the_midst_of_a_question_leaves_no_thread_behind(serving):
    host = Host(serving(Linear), closed=False, model=False)
    from detente._proto import strategy_pb2

    host.send(turn=strategy_pb2.Turn(turn=1, round=1, rounds_left=9))
    assert next(host._down).HasField("evaluate")
    workers = [thread for thread in threading.enumerate() if thread.name.endswith("(run)")]
    assert workers
    host._down.cancel()
    for worker in workers:
        worker.join(timeout=20)
        assert not worker.is_alive()


def test_a_correction_is_answered_and_an_exception_ends_the_stream_with_its_words(serving):
    address = serving(Told)
    host = Host(address)
    other = Host(serving(Linear)).agenda.at((0, 0, 0))
    Told.answers = [Propose(other), WalkAway(), RuntimeError("out of ideas"), 7]
    host.turn()
    from detente._proto import strategy_pb2

    host.send(correction=strategy_pb2.Correction(turn=1, attempts_left=2))
    assert host.next().move.propose == host.brief.best
    assert host.turn().HasField("walk_away")
    with pytest.raises(grpc.RpcError, match="out of ideas"):
        host.turn()
    with pytest.raises(grpc.RpcError, match="Propose, Accept or WalkAway"):
        Host(address).turn()


def test_another_version_is_refused(serving):
    with pytest.raises(grpc.RpcError, match="version 1"):
        Host(serving(Linear), version=2)


def test_the_seed_makes_the_numbers_of_a_turn(serving):
    from detente import Brief
    from host import brief

    message = brief()
    message.best.CopyFrom(Host(serving(Linear)).brief.best)
    here, there = Brief(message), Brief(message)
    assert here.rng(3).random() == there.rng(3).random() != here.rng(4).random()


def test_the_stubs_are_those_of_the_contract():
    pytest.importorskip("grpc_tools", reason="only a checkout can make the stubs anew")
    subprocess.run([sys.executable, str(ROOT / "generate.py"), "--check"], check=True)
