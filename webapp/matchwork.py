"""What the worker does for matches: the city's plan, the front places of the month, and measurements that staff ask for."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from market.clock import day_of, now
from market.database import Database
from market.matches.models import CityPlan, Measurement
from market.matches.queries import keep_front, keep_plan, newest_plan, waiting_measurement
from market.orders import queries as orders
from market.profiles import demand_of
from market.standings import standings
from matching.assignment import Allocation, allocate, allocate_greedily, market_of
from matching.encoders import Encoder, EncoderNotReady
from matching.exposure import reserve_places
from matching.pool import Pool
from matching.profiles import Demand
from webapp.desk import MatchDesk, State
from webapp.settings import Settings

PLAN_KEPT_S = 600.0  # how old a plan of another state may be: an award every minute must not keep the worker at it
LABELLED = ("institutions.jsonl", "orders.jsonl", "qrels.tsv", "constraints_gold.jsonl")
log = structlog.get_logger()


def _allocation(plan: Allocation) -> dict[str, Any]:
    figures = asdict(plan)
    figures["given"] = [[one.demand_id, one.institution_id, one.places, round(one.score, 4)] for one in plan.given]
    return figures


def plan_of(desk: MatchDesk, demands: Sequence[Demand], pool: Pool) -> dict[str, Any]:
    """The best allocation and the greedy one with their figures; wanted: order id -> places, free: firm id -> people."""
    market = market_of(desk.matcher, [demand for demand in demands if demand.headcount], pool)
    return {"orders": len(market.demand_ids), "firms": int((pool.free > 0).sum()),
            "wanted": dict(zip(market.demand_ids, map(int, market.wanted), strict=True)),
            "free": {p.id: p.free for p in pool.profiles if p.free}, "best": _allocation(allocate(market)),
            "greedy": _allocation(allocate_greedily(market))}


def fronts_of(desk: MatchDesk, demands: Sequence[Demand], pool: Pool) -> list[tuple[str, list[str]]]:
    """The first firms of each order's list, with the rule of exposure kept."""
    found = []
    for demand in demands:
        scoring = (sitting := desk.matcher.sitting(demand, pool)).scoring
        rows = np.flatnonzero(sitting.may)
        best, _ = reserve_places(scoring, rows, scoring.best(rows, desk.rule.front), desk.rule)
        found.append((demand.id, [pool.profiles[row].id for row in best]))
    return found


class MatchWork:
    """The long work about matches of one site."""

    def __init__(self, settings: Settings, database: Database, encoder: Encoder) -> None:
        self.settings, self.database, self.encoder = settings, database, encoder
        self.desk = MatchDesk(settings, database)
        self._planned_at = float("-inf")

    def run(self, today: date) -> None:
        """Brings the plan up to date and does the measurement that waits, where there is something to do."""
        try:
            if time.monotonic() > self._planned_at + PLAN_KEPT_S or not self._has_plan():
                self.plan(today)
        except EncoderNotReady:
            log.info("no plan of the city yet: vectors are missing")
        self.measure()

    def _has_plan(self) -> bool:
        with self.database.read() as session:
            return newest_plan(session) is not None

    def plan(self, today: date) -> bool:
        """Makes the city's plan and the month's front places anew; False where nothing changed since the last."""
        pool, state = self.desk.prepared(today)
        with self.database.read() as session:
            demands = [demand_of(order) for order in orders.open_orders(session, today)]
            stamp = _stamp(state, demands, standings(session))
            old = newest_plan(session)
            if old is not None and old.stamp == stamp:
                return False
        self._planned_at = time.monotonic()
        if pool is None:
            return False
        content, fronts = plan_of(self.desk, demands, pool), fronts_of(self.desk, demands, pool)
        moment = now()
        with self.database.write() as session:
            keep_plan(session, CityPlan(made_at=moment, stamp=stamp, content=content))
            keep_front(session, day_of(moment).isoformat()[:7], fronts)
        return True

    def measure(self) -> bool:
        """Does the measurement that was asked for; False where none was. One that was cut short is begun again."""
        with self.database.read() as session:
            waiting = waiting_measurement(session)
        if waiting is None:
            return False
        try:
            report, fault = self._report(waiting.id), ""
        except (OSError, ValueError) as error:
            report, fault = None, str(error)
        self._note(waiting.id, finished_at=now(), report=report, fault=fault)
        return True

    def _report(self, number: int) -> dict[str, Any]:
        from matching.evaluation.report import Watch, evaluate_folder

        def step(done: int, total: int) -> None:
            self._note(number, done=done, total=total, step_at=now())

        with tempfile.TemporaryDirectory() as folder:
            for name in LABELLED:  # the labelled set judges the sample that it stands beside
                shutil.copy(self.settings.data_dir / "sample" / name, folder)
            return evaluate_folder(Path(folder), self.settings.data_dir, self.encoder, Watch(steps=step)).as_json()

    def _note(self, number: int, **values: Any) -> None:
        with self.database.write() as session:
            row = session.get_one(Measurement, number)
            for name, value in values.items():
                setattr(row, name, value)


def _stamp(state: State, demands: Sequence[Demand], known: Mapping[str, object]) -> str:
    # A Demand holds a set, whose order differs from process to process: only sorted parts go into the stamp.
    said = repr((state, [(d.id, d.title, d.description, d.headcount) for d in demands],
                 sorted((key, repr(value)) for key, value in known.items())))
    return hashlib.sha256(said.encode()).hexdigest()
