"""Serves strategies to delegations and labs."""

from __future__ import annotations

import logging
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures

import grpc

from ._proto import record_pb2, strategy_pb2, strategy_pb2_grpc
from .agenda import Offer
from .brief import Brief, Information
from .strategy import Accept, Act, Correction, End, Happened, Move, Propose, Strategy, Turn, WalkAway

log = logging.getLogger("detente")

VERSION = 1
LIMIT = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 8 << 20)]


class Server:
    """Serves a strategy; ``make`` is called once for each talk. Port 0 takes a free one."""

    def __init__(self, make: Callable[[], Strategy], address: str = "127.0.0.1:9000", talks: int = 64) -> None:
        self._server = grpc.server(futures.ThreadPoolExecutor(max_workers=talks), options=LIMIT)
        strategy_pb2_grpc.add_StrategyServiceServicer_to_server(_Desk(make), self._server)
        host, _, _ = address.rpartition(":")
        try:
            port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise OSError(f"cannot listen at {address}: {error}") from None
        self._server.start()
        self.address = f"{host}:{port}"

    def stop(self, grace: float = 1.0) -> None:
        """Takes no more talks and gives those there are ``grace`` seconds."""
        self._server.stop(grace).wait()


def serve(make: Callable[[], Strategy], address: str = "127.0.0.1:9000", talks: int = 64) -> None:
    """Serves a strategy until SIGTERM or Ctrl-C. At most ``talks`` at once; others wait."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    server = Server(make, address, talks)
    print(f"listening at grpc://{server.address}", flush=True)
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    stop.wait()
    server.stop()


class _Desk(strategy_pb2_grpc.StrategyServiceServicer):
    def __init__(self, make: Callable[[], Strategy]) -> None:
        self._make = make

    def GetAgent(self, request, context):  # noqa: N802
        return strategy_pb2.GetAgentResponse(agent=_declaration(self._make()))

    def Negotiate(self, requests, context):  # noqa: N802
        # The host's first message is queued before its call: headers at once, or both would wait.
        context.send_initial_metadata(())
        strategy = self._make()
        try:
            yield from _Talk(strategy, requests).run()
        except _OutOfOrder as error:
            context.abort(grpc.StatusCode.FAILED_PRECONDITION, str(error))
        except grpc.RpcError:
            raise
        except Exception as error:
            log.exception("%s failed; its host is told", type(strategy).__name__)
            context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")


class _OutOfOrder(Exception):
    pass


def _declaration(strategy: Strategy) -> strategy_pb2.Agent:
    return strategy_pb2.Agent(
        name=(strategy.name or type(strategy).__name__)[:64],
        deterministic=strategy.deterministic,
        procedures=[record_pb2.PROCEDURE_ALTERNATING_OFFERS],
        max_parties=strategy.max_parties,
        needs_opponent_utility=strategy.needs_opponent_utility,
        needs_closed_form=strategy.needs_closed_form,
        versions=[VERSION],
    )


class _Talk:
    """One talk, from Hello to End. The strategy decides on a thread of its own, so that it can ask
    what offers are worth while its answer is awaited."""

    def __init__(self, strategy: Strategy, requests: Iterator[strategy_pb2.NegotiateRequest]) -> None:
        self._strategy = strategy
        self._requests = requests
        self._questions = 0
        self._asked: queue.SimpleQueue = queue.SimpleQueue()
        self._answers: queue.SimpleQueue = queue.SimpleQueue()
        self._history: list[Happened] = []
        self._brief: Brief | None = None
        self._turn: Turn | None = None

    def run(self) -> Iterator[strategy_pb2.NegotiateResponse]:
        hello = self._next("hello").hello
        if hello.version != VERSION:
            raise _OutOfOrder(f"this agent speaks version {VERSION} of the contract, not {hello.version}")
        agent = _declaration(self._strategy)
        yield strategy_pb2.NegotiateResponse(welcome=strategy_pb2.Welcome(version=VERSION, agent=agent))
        message = self._next("brief").brief
        ended = None
        try:
            yield from self._working(lambda: self._open(message, Information(hello.information or 1)))
            yield strategy_pb2.NegotiateResponse(ready=strategy_pb2.Ready())
            for request in self._requests:
                kind = request.WhichOneof("message")
                if kind == "end":
                    ended = self._end(request.end)
                    return
                if kind == "turn":
                    turn = self._take(request.turn)
                    yield from self._move(turn.number, lambda: self._strategy.decide(turn))
                elif kind == "correction":
                    yield from self._corrected(request.correction)
                elif kind != "values":
                    raise _OutOfOrder(f"expected a turn or the end, found {kind}")
        finally:
            self._strategy.close(ended)

    def _next(self, due: str) -> strategy_pb2.NegotiateRequest:
        request = next(self._requests, None)
        found = request.WhichOneof("message") if request is not None else "the end of the stream"
        if found != due:
            raise _OutOfOrder(f"expected {due}, found {found}")
        return request

    def _open(self, message: strategy_pb2.Brief, information: Information) -> None:
        self._brief = Brief(message, information, self._ask)
        self._strategy.brief_of_host = self._brief
        self._strategy.open(self._brief)

    def _corrected(self, message: strategy_pb2.Correction) -> Iterator[strategy_pb2.NegotiateResponse]:
        correction = Correction(message.turn, message.status.message, message.attempts_left)
        log.warning("turn %d: the host cannot use the answer: %s", correction.turn, correction.message)
        turn = self._turn
        if turn is not None and turn.number == correction.turn:
            yield from self._move(turn.number, lambda: self._strategy.correct(turn, correction))

    def _move(self, number: int, decide: Callable[[], Move]) -> Iterator[strategy_pb2.NegotiateResponse]:
        decided = yield from self._working(decide)
        move = strategy_pb2.Move(turn=number)
        if isinstance(decided, Propose):
            move.propose.CopyFrom(decided.offer.message())
        elif isinstance(decided, Accept):
            move.accept.SetInParent()
        elif isinstance(decided, WalkAway):
            move.walk_away.SetInParent()
        else:
            raise TypeError(f"decide must return Propose, Accept or WalkAway, not {decided!r}")
        yield strategy_pb2.NegotiateResponse(move=move)

    def _working(self, work: Callable[[], object]):  # type: ignore[no-untyped-def]
        """Runs ``work`` beside the stream and passes its questions on; what it returned."""
        if self._brief is not None and self._brief.utility.tables is not None:
            return work()  # nothing to ask
        result: list[object] = []

        def run() -> None:
            try:
                result.append(work())
            except BaseException as error:  # noqa: BLE001: raised where the stream is
                result.append(error)
            self._asked.put(None)

        worker = threading.Thread(target=run, daemon=True)
        worker.start()
        answered = True
        try:
            while (offers := self._asked.get()) is not None:
                self._questions, answered = self._questions + 1, False
                question = strategy_pb2.Evaluate(id=self._questions, offers=[o.message() for o in offers])
                yield strategy_pb2.NegotiateResponse(evaluate=question)
                self._answers.put(list(self._next("values").values.utilities))
                answered = True
        finally:
            if not answered:  # the host is gone: whoever waits for its answer must not wait for ever
                self._answers.put(None)
        if isinstance(result[0], BaseException):
            raise result[0]
        return result[0]

    def _ask(self, offers: Sequence[Offer]) -> list[float]:
        self._asked.put(offers)
        answer = self._answers.get()
        if answer is None:
            raise EOFError("the host left before it answered")
        return answer

    def _take(self, message: strategy_pb2.Turn) -> Turn:
        brief = self._brief
        assert brief is not None
        self._history.extend(_happened(brief, happened) for happened in message.history)
        standing = None
        if message.HasField("standing"):
            proposed = self._history[message.standing]
            standing = proposed.offer if proposed.party != brief.party else None
        self._turn = Turn(
            number=message.turn,
            round=message.round,
            rounds_left=message.rounds_left,
            progress=message.progress,
            time_us=message.time_us,
            limit_ms=message.decision_limit_ms,
            standing=standing,
            history=list(self._history),
        )
        return self._turn

    def _end(self, message: strategy_pb2.End) -> End:
        brief = self._brief
        assert brief is not None
        agreed = brief.agenda.read(message.agreed) if message.HasField("agreed") else None
        return End(agreed, message.utility)


def _happened(brief: Brief, message: strategy_pb2.Happened) -> Happened:
    kind = message.WhichOneof("what")
    what = {
        "proposed": Act.PROPOSED,
        "accepted": Act.ACCEPTED,
        "walked_away": Act.WALKED_AWAY,
        "missed": Act.MISSED,
    }[kind]
    offer = brief.agenda.read(message.proposed) if kind == "proposed" else None
    accepted = message.accepted if kind == "accepted" else None
    return Happened(message.party, message.round, message.time_us, what, offer, accepted)
