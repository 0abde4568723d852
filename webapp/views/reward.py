"""The evidence for the talent-scout reward of one order: each condition with its proof or what is missing, and a pack."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, render_template

from market.database import Session
from market.errors import NotFound
from market.orders.contract import Contract, contracts
from market.orders.models import Order
from market.orders.papers import award_papers
from market.orders.reward import PROVEN, Clause, Evidence, clauses, evidence
from webapp.access import actor
from webapp.clock import today
from webapp.orderframe import frame_of
from webapp.paper import Block, Paper, pdf
from webapp.services import Services, services
from webapp.views.delivery import READERS
from webapp.words import delivery as words
from webapp.words.text import moment

blueprint = Blueprint("reward", __name__, url_prefix="/orders")


@dataclass(frozen=True)
class Claim:
    """One award's conditions."""

    contract: Contract
    rows: tuple[Evidence, ...]

    @property
    def missing(self) -> int:
        """How many conditions are not met."""
        return sum(not row.met for row in self.rows)


def _clauses() -> tuple[dict[str, str], list[Clause]]:
    """What each proven condition rests on, in words; and the clauses that this site cannot prove."""
    found = clauses(services().settings.data_dir)
    return {key: words.basis_word(row, today()) for key, row in found.items()}, [
        row for row in found.values() if row.key not in PROVEN]


def _claims(session: Session, order: Order) -> list[Claim]:
    return [Claim(one, tuple(evidence(session, order, one.award.institution_id)))
            for one in contracts(session, actor(), order)]


@blueprint.get("/<key>/reward")
@READERS
def page(key: str) -> str:
    """Each condition with what proves it, or with what to do."""
    with services().database.read() as session:
        frame, (basis, others) = frame_of(session, key), _clauses()
        return render_template("reward.html", frame=frame, tab_here="delivery", claims=_claims(session, frame.order),
                               words=words, basis=basis, others=others)


@blueprint.get("/<key>/reward/<int:award_id>.zip")
@READERS
def pack(key: str, award_id: int) -> Response:
    """The checklist as a PDF and every file of the award that is kept, in one ZIP."""
    site = services()
    with site.database.read() as session:
        frame = frame_of(session, key)
        claim = next((one for one in _claims(session, frame.order) if one.contract.award.id == award_id), None)
        if claim is None:
            raise NotFound("award")
        files = award_papers(session, actor(), frame.order, award_id)
        body = _zip(site, _checklist(frame.order, claim, moment(site.clock())), files)
    answer = Response(body, mimetype="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="caitu-{key}-reward.zip"'
    return answer


def _checklist(order: Order, claim: Claim, now: str) -> Paper:
    basis, others = _clauses()
    blocks = [Block(words.checklist_head(number, row.met, row.key), [
        words.proof_word(row.key, row.proof) if row.proof is not None else words.CONDITIONS[row.key][1], basis[row.key]])
        for number, row in enumerate(claim.rows, 1)]
    blocks += [Block(words.UNPROVEN, [basis[row.key] for row in others])]
    return Paper(words.REWARD_TITLE.format(order.title),
                 words.reward_about(claim.contract.firm, order.id, claim.missing, now), blocks,
                 words.THREAD_FOOT.format(order.id, now))


def _zip(site: Services, checklist: Paper, files: Sequence[dict[str, str]]) -> bytes:
    """The files under their own names with a piece of their hash before it, so that equal names do not meet."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as pack:
        pack.writestr(words.CHECKLIST_FILE, pdf(checklist))
        for row in files:
            if site.files.has(row["sha256"]):
                pack.write(site.files.path(row["sha256"]), f"{words.EVIDENCE_FOLDER}/{row['sha256'][:8]}-{row['name']}")
        pack.writestr(words.HASHES_FILE, "".join(f"{row['sha256']}  {row['name']}\n" for row in files))
    return out.getvalue()
