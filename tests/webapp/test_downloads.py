"""Who took what out: every file that is not public leaves an audit entry on whatever route; public lists leave none."""

import hashlib
import io
import re

from market.audit import AuditEntry
from market.orders.bid_models import Award
from webapp import downloads
from webapp.access import is_public

PDF = b"%PDF-1.7 a file"
DIGEST = hashlib.sha256(PDF).hexdigest()
READERS = ("owner", "firm1", "firm2", "firm3", "firm4", "operator", "regulator", "expert1",
           "park_operator", "district_officer")
STATES = ("open", "evaluating", "delivering", "settled")


def entries(signed_in):
    """(chain, person, object) of every entry of a download."""
    with signed_in.site.database.read() as session:
        return [(row.chain, row.person_id, row.object_id) for row in session.query(AuditEntry).filter_by(event="export.made")
                .order_by(AuditEntry.id)]


def filled(signed_in):
    """What stands in the parts of an address: some orders, the award of one that is settled, a list of the owner's."""
    signed_in("owner").post("/shortlists", data={"name": "我的清单"})
    shortlist = re.search(r'href="/shortlists/(\d+)"', signed_in("owner").get("/shortlists").get_data(as_text=True)).group(1)
    with signed_in.site.database.read() as session:
        awards = [(row.order_id, row.id) for row in session.query(Award).filter_by(state="active")]
    return shortlist, [signed_in.order(state) for state in STATES], awards


def addresses(signed_in):
    """(endpoint, address) of every file that a reader may fetch; the audit's own export keeps an entry of its own."""
    shortlist, orders, awards = filled(signed_in)
    for rule in signed_in.app.url_map.iter_rules():
        ends = rule.rule.endswith((".xlsx", ".pdf", ".zip", ".ics", ".json")) or "sha256" in rule.arguments
        if not ends or "GET" not in rule.methods or rule.rule.startswith(("/api", "/static", "/c/")):
            continue
        address = rule.rule.replace("<int:key>", shortlist).replace("<any(orders, firms):kind>", "orders").replace(
            "<any(bids, awards):kind>", "bids").replace("<sha256>", DIGEST)
        if "award_id" in rule.rule:
            yield from ((rule.endpoint, address.replace("<key>", key).replace("<int:award_id>", str(award)))
                        for key, award in awards)
        elif "<key>" in address:
            yield from ((rule.endpoint, address.replace("<key>", key)) for key in orders)
        else:
            yield rule.endpoint, address


def evidence(signed_in, key):
    """A firm hands in a file for the first milestone of an order."""
    for name in READERS:
        page = signed_in(name).get(f"/orders/{key}/delivery").get_data(as_text=True)
        if "multipart" in page:
            address = re.findall(rf"/orders/{key}/milestones/\d+", page)[0]
            signed_in(name).post(address, data={"files": [(io.BytesIO(PDF), "报告.pdf")]}, content_type="multipart/form-data")
            return


def walk(signed_in):
    """(endpoint, address, given out, entries that it left) of every file for every reader."""
    evidence(signed_in, signed_in.order("delivering"))
    found, clients = [], {name: signed_in(name) for name in READERS}
    for endpoint, address in addresses(signed_in):
        for client in list(clients.values())[:1 if is_public(signed_in.app, endpoint) else None]:
            before = len(entries(signed_in))
            answer = client.get(address)
            given = answer.status_code == 200 and "attachment" in answer.headers.get("Content-Disposition", "")
            found.append((endpoint, address, given, entries(signed_in)[before:]))
    return found


def test_every_file_that_is_not_public_leaves_an_entry_and_public_ones_leave_none(signed_in):
    found, reached = walk(signed_in), set()
    for endpoint, address, given, left in found:
        counts = given and not is_public(signed_in.app, endpoint) and endpoint not in downloads.OWN_ENTRY
        assert [row[2] for row in left] == ([address] if counts else []), (endpoint, address)
        if left and re.match(r"/orders/O\w+/", address):
            assert left[0][0] == f"order:{address.split('/')[2]}"
        reached |= {endpoint} if given else set()
    private = {endpoint for endpoint, *_ in found if not is_public(signed_in.app, endpoint)}
    assert private <= reached, "each was given out to somebody"


def test_the_order_s_log_and_the_audit_name_the_download(signed_in):
    key = signed_in.order("settled")
    assert signed_in("owner").get(f"/orders/{key}/settlement.xlsx").status_code == 200
    assert "下载文件" in signed_in("owner").get(f"/orders/{key}/log").get_data(as_text=True)
    page = signed_in("regulator").get("/audit?q=下载文件").get_data(as_text=True)
    assert f"/orders/{key}/settlement.xlsx" in page
