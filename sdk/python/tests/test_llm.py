"""The example with a language model, against a stub of the chat-completions protocol."""

import http.server
import importlib.util
import json
import pathlib
import threading

import pytest

from detente import Server
from host import Host

EXAMPLE = pathlib.Path(__file__).parent.parent / "examples" / "llm.py"


@pytest.fixture
def model(monkeypatch):
    """A stub that gives the answers it is handed, and notes what it is asked."""
    answers, asked = [], []

    class Stub(http.server.BaseHTTPRequestHandler):
        def do_POST(self):  # noqa: N802
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.path, body))
            content = answers.pop(0) if answers else "no idea"
            reply = json.dumps({"choices": [{"message": {"role": "assistant", "content": content}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{server.server_port}/v1")
    yield answers, asked
    server.shutdown()


@pytest.fixture
def host():
    spec = importlib.util.spec_from_file_location("llm", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    server = Server(module.Model, "127.0.0.1:0")
    yield Host(server.address)
    server.stop(0)


def test_the_model_proposes_is_corrected_and_accepts(model, host):
    answers, asked = model
    answers += [
        'Here: {"act": "propose", "utility": 0.9}',
        '{"act": "propose", "offer": {"rate": 3}}',
        '{"act": "propose", "offer": {"rate": 90, "venue": "Madrid", "pause": true}}',
        '{"act": "accept"}',
    ]
    poor = host.agenda.offer({"rate": 10, "venue": "Geneva", "pause": False})
    fair = host.agenda.offer({"rate": 60, "venue": "Madrid", "pause": False})
    assert host.utility(host.agenda.read(host.turn().propose)) >= 0.9
    assert host.agenda.read(host.turn(poor).propose)["rate"] == 90
    assert host.turn(fair).HasField("accept")
    assert asked[0][0] == "/v1/chat/completions" and len(asked) == 4
    complaint = asked[2][1]["messages"][-1]["content"]
    assert "no value" in complaint or "missing" in complaint


def test_what_cannot_be_used_is_left_to_the_declared_rule(model, host):
    answers, asked = model
    answers += ["no idea", '{"act": "sing"}']
    move = host.turn()
    assert host.utility(host.agenda.read(move.propose)) > 0.99 and len(asked) == 2
