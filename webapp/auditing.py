"""The commands of the audit: every chain verified against the heads kept outside the database, and heads anchored there."""

from __future__ import annotations

import argparse

from market import audit
from market.errors import NotFound
from webapp.services import Services


def run(args: argparse.Namespace) -> int:
    """`caitu audit verify` or `caitu audit anchor`."""
    site = Services(args.settings)
    return verify(site) if args.action == "verify" else anchor(site)


def verify(site: Services) -> int:
    """Names every chain that is not what it was, with the place and what is wrong there; 1 where there is one."""
    path = site.settings.audit_heads
    try:
        heads = audit.anchored(path, site.keys)
    except (NotFound, ValueError):
        print(f"{path}: a line is not signed by this site: rewritten or cut")
        return 1
    with site.database.read() as session:
        faults = audit.verify(session, heads, site.keys)
        chains, entries = audit.size(session)
    for fault in faults:
        print(f"{fault.chain} {fault.seq}: {fault.what}")
    print(f"audit: {entries:,} entries in {chains:,} chains, {len(heads):,} of them anchored, {len(faults):,} faults")
    return 1 if faults else 0


def anchor(site: Services) -> int:
    """Appends the heads that moved to the file outside the database."""
    with site.database.read() as session:
        moved = audit.anchor(session, site.settings.audit_heads, site.keys, site.clock())
    print(f"audit: {moved:,} heads anchored in {site.settings.audit_heads}")
    return 0
