"""Mail, webhooks and saved searches, against a small SMTP server and a small HTTP server on this machine."""

import hmac
import json
import socketserver
import threading
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from market.access import SYSTEM
from market.errors import InvalidInput, NotFound
from market.notices import mail, searches, webhooks
from market.notices.inbox import Happening, inbox, switch, tell
from market.notices.models import Notice


class Sink(socketserver.StreamRequestHandler):
    """Takes mail as SMTP servers do, and keeps it."""

    def handle(self):
        say = lambda line: self.wfile.write(line.encode() + b"\r\n")  # noqa: E731
        say("220 sink")
        for raw in self.rfile:
            word = raw.decode().strip().upper()
            if word.startswith("DATA"):
                say("354 go on")
                lines = []
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    lines.append(line.decode())
                self.server.kept.append("".join(lines))
                say("250 kept")
            elif word.startswith("RCPT") and self.server.refused in word:
                say("550 nobody here")
            elif word.startswith("RSET"):
                say("250 ok")
            elif word.startswith("QUIT"):
                say("221 bye")
                return
            else:
                say("250 ok")


class Hook(BaseHTTPRequestHandler):
    """Takes calls, and answers with what the server was told to answer."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.kept.append((self.headers[webhooks.SIGNATURE], body))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(params=[(socketserver.TCPServer, Sink)], ids=["smtp"])
def smtp(request):
    yield from served(*request.param)


@pytest.fixture
def http():
    yield from served(HTTPServer, Hook)


def served(kind, handler):
    with kind(("127.0.0.1", 0), handler) as server:
        server.kept, server.answer, server.refused = [], 200, "NOBODY@"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def words(rows):
    return f"{len(rows)} news", "\n".join(row.event for row in rows)


def told(scene, *events):
    for number, event in enumerate(events):
        tell(scene.act(SYSTEM), Happening(event, "order", "O", f"{event}:{number}"), [scene.cast.owner.person_id])
    scene.session.commit()


def test_a_mail_for_each_notice_and_each_once(scene, database, smtp):
    server = mail.MailServer("127.0.0.1", smtp.server_address[1], "caitu@demo.example")
    told(scene, "order.publish", "order.award")
    assert mail.send(database, server, words, scene.now) == 2
    assert mail.send(database, server, words, scene.now) == 0
    assert ["order.publish" in text for text in smtp.kept] == [True, False]
    assert "Message-ID: <notice-" in smtp.kept[0]
    assert "To: owner@demo.example" in smtp.kept[0]


def test_a_digest_gathers_and_a_switch_silences(scene, database, smtp):
    server = mail.MailServer("127.0.0.1", smtp.server_address[1], "caitu@demo.example")
    for event, way in (("a", "digest"), ("b", "digest"), ("c", "never")):
        switch(scene.act(scene.cast.owner), event, (True, way))
    told(scene, "a", "b", "c")
    assert mail.send(database, server, words, scene.now) == 0
    assert mail.send(database, server, words, scene.now, "digest") == 0
    scene.forward(days=1)
    assert mail.send(database, server, words, scene.now, "digest") == 1
    assert mail.send(database, server, words, scene.now, "digest") == 0
    assert "Subject: 2 news" in smtp.kept[0]
    assert len(inbox(scene.session, scene.cast.owner)) == 3


def test_an_address_that_is_refused_is_tried_once_and_keeps_no_other_from_its_mail(scene, database, smtp):
    server = mail.MailServer("127.0.0.1", smtp.server_address[1], "caitu@demo.example")
    smtp.refused = "OWNER@"
    told(scene, "order.publish")
    tell(scene.act(SYSTEM), Happening("order.publish", "order", "O", "later"), [scene.cast.operator.person_id])
    scene.session.commit()
    assert mail.send(database, server, words, scene.now) == 1
    assert ["To: operator@" in text for text in smtp.kept] == [True]
    assert mail.send(database, server, words, scene.now) == 0
    assert len(inbox(scene.session, scene.cast.owner)) == 1


def test_what_a_worker_took_and_never_sent_is_taken_up_by_another_later(scene, database, smtp):
    server = mail.MailServer("127.0.0.1", smtp.server_address[1], "caitu@demo.example")
    told(scene, "order.publish")
    mail._claim(database, "now", scene.now)  # and dies
    assert mail.send(database, server, words, scene.now) == 0
    scene.forward(minutes=11)
    assert mail.send(database, server, words, scene.now) == 1
    assert mail.send(database, server, words, scene.now) == 0


def test_a_mail_that_fails_stays_due(scene, database):
    told(scene, "order.publish")
    with pytest.raises(OSError, match="refused"):
        mail.send(database, mail.MailServer("127.0.0.1", 1, "caitu@demo.example"), words, scene.now)
    scene.session.expire_all()
    assert scene.session.query(Notice).one().mailed_at is None


def hooked(scene, server):
    calls = webhooks.Calls(scene.keys, inside=True)
    url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    hook, secret = webhooks.add(scene.act(scene.cast.operator), url, calls)
    return calls, hook, secret


def test_a_webhook_is_called_signed_and_once(scene, database, http):
    calls, hook, secret = hooked(scene, http)
    assert secret.encode() not in hook.secret_sealed
    scene.draft()
    scene.submit()
    scene.session.commit()
    assert webhooks.call_waiting(database, calls, scene.now) == 1
    assert webhooks.call_waiting(database, calls, scene.now) == 0
    (signature, body), = http.kept
    at = signature.partition(",")[0].removeprefix("t=")
    assert signature == f"t={at},v1={hmac.new(secret.encode(), at.encode() + b'.' + body, sha256).hexdigest()}"
    assert json.loads(body)["event"] == "order.submit"


def test_a_webhook_that_fails_is_tried_again_later_and_not_for_ever(scene, database, http):
    calls, _, _ = hooked(scene, http)
    http.answer = 500
    scene.draft()
    scene.submit()
    scene.session.commit()
    assert webhooks.call_waiting(database, calls, scene.now) == 0
    assert webhooks.call_waiting(database, calls, scene.now) == 0
    assert len(http.kept) == 1
    for _ in range(12):
        scene.forward(days=1)
        webhooks.call_waiting(database, calls, scene.now)
    assert len(http.kept) == webhooks.MOST_TRIES


def test_a_webhook_never_leads_inside_the_own_network(scene):
    calls = webhooks.Calls(scene.keys)
    for url, fault in (("http://example.org/x", "scheme"), ("https://127.0.0.1/x", "inside"), ("https://10.0.0.1/", "inside"),
                       ("https://169.254.1.1/", "inside"), ("https://[::1]/", "inside")):
        with pytest.raises(InvalidInput, match=fault):
            webhooks.add(scene.act(scene.cast.operator), url, calls)
    with pytest.raises(NotFound):
        webhooks.add(scene.act(scene.cast.firm_staff), "https://127.0.0.1/x", calls)


def test_one_thing_in_three_searches_is_one_message_that_names_them(scene, session):
    me = scene.cast.firms[0]
    world = {"chips": ["order:A"], "Shanghai": ["order:A"], "none": []}
    for name, found in world.items():
        searches.save(scene.act(me), name, {"q": name}, found)
    find = lambda query: world[query["q"]]  # noqa: E731
    assert searches.alert(scene.act(SYSTEM), find) == 0
    for found in world.values():
        found.append("order:B")
    assert searches.alert(scene.act(SYSTEM), find) == 1
    assert searches.alert(scene.act(SYSTEM), find) == 0
    note, = inbox(session, me)
    assert (note.object_id, sorted(note.reasons)) == ("B", ["Shanghai", "chips", "none"])


def test_a_search_is_its_owners_alone(scene, session):
    row = searches.save(scene.act(scene.cast.firms[0]), "chips", {}, [])
    with pytest.raises(NotFound):
        searches.remove(scene.act(scene.cast.firms[1]), row.id)
    searches.remove(scene.act(scene.cast.firms[0]), row.id)
    assert searches.mine(session, scene.cast.firms[0]) == []
