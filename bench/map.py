"""The first view of the map beside folium's own MarkerCluster page of the same points: bytes, build, readiness, pan.

    python bench/map.py --size 4000

Both are served on this machine to the same headless Chromium in the same run; the peer's libraries come from the same
npm packages, its fonts and styles of other hosts are left out (which only makes it smaller).
"""

from __future__ import annotations

import argparse
import gzip
import http.server
import re
import statistics
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOME), str(HOME / "bench")]

from playwright.sync_api import sync_playwright  # noqa: E402
from site_of import CHROMIUM, made_site, served  # noqa: E402

ROUNDS = 5
LIMIT_BYTES, LIMIT_MS = 200_000, 1000
# Ready: the first bubbles are drawn, a frame has passed, and the page's thread is free again.
READY = """
  const done = () => requestAnimationFrame(() => setTimeout(() => { window.__ready = performance.now(); }, 0));
  const seen = () => document.querySelector('SELECTOR') ? done() : requestAnimationFrame(seen);
  requestAnimationFrame(seen);
"""
# A pan ends with the last change of the drawn marks.
WATCH = """
  window.__last = performance.now();
  new MutationObserver(() => { window.__last = performance.now(); })
    .observe(document.querySelector('.leaflet-map-pane'), {childList: true, subtree: true, attributes: true});
"""


class Packed(http.server.SimpleHTTPRequestHandler):
    """A plain file server that packs what it sends, as ours does."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return self.send_error(404)
        body = gzip.compress(path.read_bytes(), 6)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None

    def log_message(self, *_):
        pass


@contextmanager
def files_of(folder):
    """The address of a folder served on loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Packed, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()


def peer_page(folder, places):
    """folium's MarkerCluster page of the same points; gives the seconds that building took."""
    import folium
    from folium.plugins import MarkerCluster

    start = time.perf_counter()
    city = folium.Map(location=(31.23, 121.47), zoom_start=9, tiles=None, maxZoom=18)
    cluster = MarkerCluster().add_to(city)
    for lon, lat, name in places:
        folium.Marker((lat, lon), popup=name).add_to(cluster)
    text = city.get_root().render()
    took = time.perf_counter() - start
    modules = HOME / "node_modules"
    for name, source in (("leaflet.js", "leaflet/dist/leaflet.js"), ("leaflet.css", "leaflet/dist/leaflet.css"),
                         ("cluster.js", "leaflet.markercluster/dist/leaflet.markercluster.js"),
                         ("cluster.css", "leaflet.markercluster/dist/MarkerCluster.Default.css")):
        (folder / name).write_bytes((modules / source).read_bytes())
    text = re.sub(r'<(script|link)[^>]*(src|href)="https?://[^"]*"[^>]*>(</script>)?', "", text)
    # folium's pins need the plug-in "awesome markers" of another host; Leaflet's own pins stand for them.
    text = re.sub(r"var icon_\w+ = L\.AwesomeMarkers\.icon\(.*?\);\s*marker_\w+\.setIcon\(icon_\w+\);", "", text, flags=re.S)
    text = text.replace("$(`", "document.createRange().createContextualFragment(`").replace("`)[0]", "`).firstElementChild")
    head = ('<script src="leaflet.js"></script><script src="cluster.js"></script>'
            '<link rel="stylesheet" href="leaflet.css"><link rel="stylesheet" href="cluster.css">')
    (folder / "index.html").write_text(text.replace("<head>", f"<head>{head}"), encoding="utf-8")
    return took


def weigh(page):
    """Bytes that came over the wire for everything on the page."""
    return page.evaluate("performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))"
                         ".reduce((sum, e) => sum + e.transferSize, 0)")


def visit(browser, address, ready):
    """(bytes, milliseconds until bubbles are drawn and the page answers, milliseconds of a pan)."""
    # Our own policy forbids evaluated scripts, and the measuring needs one.
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, bypass_csp=True)
    page = context.new_page()
    page.add_init_script(READY.replace("SELECTOR", ready))
    page.goto(address)
    page.wait_for_function("window.__ready")
    found = weigh(page), page.evaluate("window.__ready")
    page.evaluate(WATCH)
    page.mouse.move(700, 500)
    page.mouse.down()
    start = page.evaluate("performance.now()")
    page.mouse.move(580, 420, steps=6)
    page.mouse.up()
    page.wait_for_timeout(900)
    pan = page.evaluate("window.__last") - start
    context.close()
    return (*found, pan)


def middle(rows):
    """Medians by column."""
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def main():
    """Prints both pages side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as raw, sync_playwright() as playwright:
        folder = Path(raw)
        settings, places = made_site(folder / "site", args.size)
        (folder / "peer").mkdir()
        build_peer = peer_page(folder / "peer", places)
        build_ours = _build_ours(settings)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        with served(settings) as ours, files_of(folder / "peer") as peer:
            visit(browser, ours, ".pin")  # one visit warms both servers
            mine = middle([visit(browser, ours, ".pin") for _ in range(args.rounds)])
            theirs = middle([visit(browser, peer, ".marker-cluster, .leaflet-marker-icon") for _ in range(args.rounds)])
        browser.close()
    print(f"{args.size:,} institutions, 1440 x 1000, medians of {args.rounds} visits with an empty cache")
    print(f"{'':28}{'Caitu':>12}{'MarkerCluster':>16}{'limit':>12}")
    print(f"{'bytes over the wire':28}{mine[0]:12,.0f}{theirs[0]:16,.0f}{LIMIT_BYTES:12,}")
    print(f"{'build, s':28}{build_ours:12.2f}{build_peer:16.2f}{'–':>12}")
    print(f"{'time to interactive, ms':28}{mine[1]:12.0f}{theirs[1]:16.0f}{LIMIT_MS:12,}")
    print(f"{'pan until drawn, ms':28}{mine[2]:12.0f}{theirs[2]:16.0f}{'–':>12}")


def _build_ours(settings):
    """Seconds that the map's files and the points' pyramid take to build."""
    from geo.assets import map_assets
    from webapp.atlas import Atlas
    from webapp.filters import Filters
    from webapp.services import Services

    site = Services(settings)
    start = time.perf_counter()
    map_assets(settings.data_dir, settings.var_dir / "map")
    Atlas(settings).pinned(site.index, Filters())
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
