"""A host for tests: speaks the contract to an agent in this process."""

import queue

import grpc

from detente._proto import record_pb2, strategy_pb2, strategy_pb2_grpc, tariff_pb2


def agenda():
    """A rate of 0 to 100 percent in steps of 5, a venue, a switch."""
    number = tariff_pb2.NumberRange(unit="percent", scale=2, min=0, max=10_000, step=500)
    issues = [
        tariff_pb2.Issue(id="rate", number=number),
        tariff_pb2.Issue(id="venue", choice=tariff_pb2.Choices(labels=["Geneva", "London", "Madrid"])),
        tariff_pb2.Issue(id="pause", switch=tariff_pb2.Switch()),
    ]
    return tariff_pb2.Agenda(issues=issues).SerializeToString()


def utility(sign=1):
    """The rate is worth 0.6, the venue 0.3, the pause 0.1; or the other way round."""
    turned = (lambda values: values) if sign > 0 else (lambda values: values[::-1])
    tables = [
        strategy_pb2.Table(places=[0], values=turned([0.6 * level / 20 for level in range(21)])),
        strategy_pb2.Table(places=[1], values=turned([0.0, 0.2, 0.3])),
        strategy_pb2.Table(places=[2], values=turned([0.0, 0.1])),
    ]
    return strategy_pb2.Utility(tables=tables, additive=True)


def brief(closed=True, model=True):
    """The brief of USA against CHN."""
    message = strategy_pb2.Brief(
        party="USA",
        parties=["USA", "CHN"],
        agenda=agenda(),
        procedure=record_pb2.PROCEDURE_ALTERNATING_OFFERS,
        rounds=10,
        utility=utility() if closed else strategy_pb2.Utility(),
        walk_away=0.3,
        red_lines=[strategy_pb2.RedLine(places=[0], allowed=[level >= 2 for level in range(21)])],
        seed=strategy_pb2.Seed(seed=7, talk=0),
    )
    if model:
        message.opponent_utility.CopyFrom(utility(-1))
    return message


class Host:
    """One stream to an agent."""

    def __init__(self, address, closed=True, model=True, version=1):
        self.brief = brief(closed, model)
        from detente import Agenda, Utility

        self.agenda = Agenda(self.brief.agenda)
        self.utility = Utility(self.agenda, utility())
        self.questions = 0
        best = self.agenda.offer({"rate": 100, "venue": "Madrid", "pause": True})
        self.brief.best.CopyFrom(best.message())
        self._up = queue.SimpleQueue()
        self._channel = grpc.insecure_channel(address)
        hello = strategy_pb2.Hello(version=version, host="test", information=2 if model else 1)
        self.send(hello=hello)
        self._down = strategy_pb2_grpc.StrategyServiceStub(self._channel).Negotiate(iter(self._up.get, None))
        self.welcome = self.next().welcome
        self.send(brief=self.brief)
        assert self.next().HasField("ready")
        self.history = []
        self.told = 0

    def send(self, **message):
        """Sends one message of the contract."""
        self._up.put(strategy_pb2.NegotiateRequest(talk="talk", **message))

    def next(self):
        """The agent's next message; its questions are answered."""
        for message in self._down:
            if not message.HasField("evaluate"):
                return message
            self.questions += 1
            offers = [self.agenda.read(offer) for offer in message.evaluate.offers]
            values = strategy_pb2.Values(id=message.evaluate.id, utilities=[self.utility(o) for o in offers])
            self.send(values=values)
        raise EOFError("the agent ended the stream")

    def turn(self, standing=None, rounds=10):
        """Asks for a turn after the other side proposed ``standing``; the answer."""
        if standing is not None:
            self.history.append(strategy_pb2.Happened(party="CHN", round=1, proposed=standing.message()))
        number = len(self.history) + 1
        done = len(self.history) // 2
        message = strategy_pb2.Turn(turn=number, round=done + 1, rounds_left=rounds - done - 1)
        message.progress = done / (rounds - 1)
        message.history.extend(self.history[self.told :])
        self.told = len(self.history)
        if standing is not None:
            message.standing = number - 2
        self.send(turn=message)
        move = self.next().move
        if move.HasField("propose"):
            self.history.append(strategy_pb2.Happened(party="USA", round=1, proposed=move.propose))
        return move

    def end(self):
        """Says that the talk has ended."""
        self.send(end=strategy_pb2.End(utility=0.3))
        self._up.put(None)
        list(self._down)
        self._channel.close()
