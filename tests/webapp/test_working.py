"""The chores run without a page and without the encoder, one failing keeps none from running, two workers do no harm."""

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from market.audit import AuditEntry
from market.notices.models import Notice
from market.orders.models import Order
from webapp import auditing
from webapp.commands import main
from webapp.services import Services
from webapp.working import CHORES, Chore, Round, chores_of, done, work_once

HOME = Path(__file__).resolve().parents[2]


@pytest.fixture
def late(signed_in):
    """A site whose clock went past the deadlines of its open orders; gives their number."""
    with signed_in.site.database.read() as session:
        count = session.scalar(select(func.count()).select_from(Order).where(Order.state == "open",
                                                                             Order.owner_id.is_not(None)))
    assert count
    signed_in.site.clock.forward(timedelta(days=9))
    return count


def number(site, query):
    with site.database.read() as session:
        return session.scalar(query)


OPEN = select(func.count()).select_from(Order).where(Order.state == "open", Order.owner_id.is_not(None))
CLOSED = select(func.count()).select_from(AuditEntry).where(AuditEntry.event == "order.close_bids")


def test_every_chore_does_its_part_once_and_finds_nothing_the_second_time(signed_in, late):
    before = number(signed_in.site, CLOSED)
    assert work_once(signed_in.site.settings)
    assert number(signed_in.site, OPEN) == 0
    assert number(signed_in.site, CLOSED) == before + late
    assert signed_in.site.settings.audit_heads.exists()
    assert work_once(signed_in.site.settings)  # orders whose bids were closed now have too few of them
    told = number(signed_in.site, select(func.count()).select_from(Notice))
    assert work_once(signed_in.site.settings)
    assert number(signed_in.site, CLOSED) == before + late
    assert number(signed_in.site, select(func.count()).select_from(Notice)) == told


def test_two_workers_at_once_do_each_thing_once(signed_in, late):
    before = number(signed_in.site, CLOSED)
    results = []
    threads = [threading.Thread(target=lambda: results.append(work_once(signed_in.site.settings))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True, True]
    assert number(signed_in.site, CLOSED) == before + late
    assert auditing.verify(Services(signed_in.site.settings)) == 0


def test_a_chore_that_fails_keeps_no_other_from_running_and_runs_again(capsys):
    ran = []

    def fails():
        ran.append("bad")
        raise ValueError("13800000001")

    chores = Round((Chore("bad", 5, fails), Chore("good", 2, lambda: ran.append("good"))))
    assert chores.look(0) == ["bad", "good"]
    assert chores.look(1) == []
    assert chores.look(2) == ["good"]
    assert chores.look(5) == ["bad", "good"]
    assert ran == ["bad", "good", "good", "bad", "good"]
    assert "chore failed" in capsys.readouterr().out


def test_a_chore_that_fails_says_so(signed_in):
    assert not done(Chore("bad", 1, lambda: 1 / 0))
    assert {chore.name for chore in chores_of(signed_in.site.settings)} == {name for name, _, _ in CHORES}


def test_the_clocks_run_while_the_encoder_cannot_be_loaded(signed_in, late):
    told = {**os.environ, "CAITU_VAR": str(signed_in.site.settings.var_dir), "CAITU_DEMO": "1",
            "ENCODER": str(signed_in.site.settings.var_dir / "no such encoder")}
    with (signed_in.site.settings.var_dir / "log").open("w") as log:
        worker = subprocess.Popen([sys.executable, "-m", "webapp.commands", "worker"], cwd=HOME, env=told, stdout=log,
                                  stderr=log)
    try:
        for _ in range(600):
            if number(signed_in.site, OPEN) == 0 or worker.poll() is not None:
                break
            time.sleep(0.2)
        assert worker.poll() is None
        assert number(signed_in.site, OPEN) == 0
    finally:
        worker.terminate()
        worker.wait(20)


def test_the_command_verifies_the_audit_and_names_the_place_of_a_change(signed_in, monkeypatch, capsys):
    monkeypatch.setenv("CAITU_VAR", str(signed_in.site.settings.var_dir))
    monkeypatch.setenv("CAITU_DEMO", "1")
    assert main(["audit", "anchor"]) == 0
    assert main(["audit", "verify"]) == 0
    assert "0 faults" in capsys.readouterr().out
    with signed_in.site.database.write() as session:
        session.execute(text("DROP TRIGGER audit_entries_never_change"))
        key = session.scalar(select(AuditEntry.chain).where(AuditEntry.event == "order.publish"))
        session.execute(text("UPDATE audit_entries SET person_id = 1 WHERE chain = :c AND seq = 2"), {"c": key})
    assert main(["audit", "verify"]) == 1
    assert f"{key} 2: edited" in capsys.readouterr().out
    heads = signed_in.site.settings.audit_heads
    heads.write_text(heads.read_text().replace('"at"', '"At"'))
    assert main(["audit", "verify"]) == 1
    assert "not signed" in capsys.readouterr().out


def test_a_worker_whose_parent_ended_before_it_could_look_ends_too(signed_in):
    var, gone = signed_in.site.settings.var_dir, "1"
    told = {**os.environ, "CAITU_VAR": str(var), "CAITU_DEMO": "1", "ENCODER": str(var / "no such encoder")}
    words = [sys.executable, "-m", "webapp.commands", "worker", "--parent", gone]
    assert subprocess.run(words, cwd=HOME, env=told, timeout=300).returncode == 0
