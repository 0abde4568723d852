"""Every look at a candidate's name is in the candidate's log; what a candidate deleted is in no new backup, no index."""

from __future__ import annotations

import sys

from dumps import backup, boxes
from ground import DATA, KEYS, Ground, act, arguments, ground, verdict
from sqlalchemy import select

from market import audit
from market.access import Actor
from market.demo.scene import Scene
from market.errors import InvalidInput, NotFound
from market.indexing import documents
from market.orders import candidates, privacy
from market.orders.delivery_models import Candidate, Placement

NAME, PHONE = "Ouyang Zqx{}", "1390000{:04d}"


def propose(site: Ground, count: int) -> list[tuple[int, str]]:
    """Candidates of the order's first award; gives (placement, consent link) of each, all consented and handed over."""
    made = []
    with site.database.write() as session:
        for number in range(count):
            scene = Scene(session, KEYS, DATA, site.cast, site.now)
            scene.to("delivering")
            given = candidates.Proposed(1, NAME.format(number), PHONE.format(number), "an engineer")
            row, link = candidates.propose(act(session, scene.lead(), scene.now), scene.id, given)
            who, _ = candidates.by_link(act(session, Actor(), scene.now), link)
            candidates.consent(act(session, who, scene.now), row.id, "2026-01")
            candidates.submit(act(session, scene.lead(), scene.now), row.id)
            made.append((row.id, link))
    return made


def looks(site: Ground, placements: list[int]) -> tuple[int, int]:
    """Everybody asks for every name; gives how many were shown, and how many looks the candidates find in their logs."""
    shown = 0
    everybody = [site.cast.owner, site.cast.staff, site.cast.rival, site.cast.regulator, *site.cast.firms]
    for placement in placements:
        for actor in everybody:
            need = privacy.Need("a talk", "2026-1" if actor is site.cast.regulator else "")
            try:
                with site.database.write() as session:
                    shown += bool(privacy.unmask(act(session, actor, site.now), placement, need)["phone"])
            except (NotFound, InvalidInput):
                continue
    with site.database.read() as session:
        people = session.scalars(select(Placement.candidate_id).where(Placement.id.in_(placements)))
        entries = [entry for person in people for entry in audit.who_read(session, person)]
        return shown, sum(entry.event == "candidate.unmask" and entry.detail["reason"] == "a talk" for entry in entries)


def erase(site: Ground, links: list[str]) -> None:
    """Every candidate withdraws and deletes, by the link."""
    for link in links:
        with site.database.write() as session:
            who, row = candidates.by_link(act(session, Actor(), site.now), link)
            candidates.withdraw(act(session, who, site.now), row.id)
            candidates.erase(act(session, who, site.now), row.id)


def main() -> int:
    """Runs the trial; its control is the backup before the deletion, in which every sealed box stands."""
    args = arguments(__doc__ or "", 20)
    with ground(args.database, "draft") as site:
        made = propose(site, args.count)
        with site.database.read() as session:
            sealed = [bytes(box) for box in session.scalars(select(Candidate.sealed)) if box]
            hashes = list(session.scalars(select(Candidate.person_hash)))
        shown, logged = looks(site, [key for key, _ in made])
        before = backup(site)
        erase(site, [link for _, link in made])
        after = backup(site)
        with site.database.read() as session:
            indexed = repr(list(documents(session, site.now.date())))
    readable = [word.format(number) for number in range(args.count) for word in (NAME, PHONE)]
    told = {what: sum(text.count(word) for word in readable) for what, text in (
        ("before", before), ("after", after), ("index", indexed))}
    left = sum(boxes(after, box) for box in sealed)
    control = sum(boxes(before, box) > 0 for box in sealed)
    return verdict(f"{args.count} candidates, {'PostgreSQL' if args.database else 'SQLite'}", {
        "looks at a name, and those in the candidates' logs": (f"{shown}, {logged}", "equal, > 0", shown == logged > 0),
        "names and numbers readable in a backup before": (told["before"], "0", told["before"] == 0),
        "the same and sealed boxes in a backup after the deletion": (told["after"] + left, "0", told["after"] + left == 0),
        "names and numbers in the index": (told["index"], "0", told["index"] == 0),
        "keyed fingerprints that stay for the claim of the firm": (
            sum(value in after for value in hashes if value), f"<= {len(hashes)}", True),
        "control before the deletion: sealed boxes in the backup": (control, str(args.count), control == args.count),
    })


if __name__ == "__main__":
    sys.exit(main())
