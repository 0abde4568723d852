"""Times the search page of a site with N generated firms, beside the same page whose hits are known before.

python bench/page.py --size 100000 [--repeat 3]
Both arms are the application of the site in one process and one run: address, filter, panel, rows, template.
The floor's index answers from a table that was filled by asking each question once, so what lies between them is the search.
"""

import argparse
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from search import DIMS, HOME, questions
from site_of import made_site

from index.vocabulary import load_search_vocabulary

LIMIT = 5.0


class Known:
    """The index of a site that answers each search it has met before from a table."""

    def __init__(self, index):
        self.index, self.answers, self.known = index, {}, False

    def __getattr__(self, name):
        return getattr(self.index, name)

    def search(self, query):
        """From the table where `known`, else from the index."""
        key = (query.text, query.offset, repr(sorted(query.filters.items())))
        if self.known:
            return self.answers[key]
        self.answers[key] = answer = self.index.search(query)
        return answer


class AtOnce:
    """An encoder whose vectors are ready: one for each text, drawn from those of the index."""

    def __init__(self, vectors):
        self.vectors = vectors

    def encode_queries(self, texts):
        """Shape (n, dims)."""
        return np.stack([self.vectors[hash(text) % len(self.vectors)] for text in texts])


def milliseconds(client, paths, repeat):
    """Times of one page after the other."""
    spent = []
    for path in paths * repeat:
        start = time.perf_counter()
        answer = client.get(path)
        spent.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return np.array(spent)


def main():
    """Prints p50 and p95 of both arms and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    from webapp.factory import create_app

    draw = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        settings, firms = made_site(Path(folder) / "site", args.size)
        app = create_app(settings)
        site = app.extensions["caitu"]
        vectors = draw.normal(size=(200, DIMS)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        with site.database.read() as session:
            from sqlalchemy import select

            from market.institutions.models import Institution

            ids = session.scalars(select(Institution.id)).all()
        site.index.set_vectors({key: vectors[at % len(vectors)] for at, key in enumerate(ids)})
        site.__dict__["encoder"] = AtOnce(vectors)
        site._index = known = Known(site.index)
        client, texts = app.test_client(), questions(load_search_vocabulary(HOME / "data"))
        paths = [f"/search?{urlencode({'q': text, 'kind': 'institution'})}" for text in texts]
        milliseconds(client, paths, 1)
        whole, floor = [], []
        for _ in range(args.repeat):  # in turn, so that a busy moment meets both
            known.known = False
            whole.append(milliseconds(client, paths, 1))
            known.known = True
            floor.append(milliseconds(client, paths, 1))
        site.database.engine.dispose()
    whole, floor = np.concatenate(whole), np.concatenate(floor)
    print(f"search page, {len(firms):,} firms, {len(paths)} questions x {args.repeat}, words + meaning + seven facets")
    for name, times in (("whole page", whole), ("hits known before", floor)):
        print(f"{name:<20} p50 {np.percentile(times, 50):7.1f} ms   p95 {np.percentile(times, 95):7.1f} ms")
    ratio = np.percentile(whole, 95) / np.percentile(floor, 95)
    print(f"p95 {ratio:.2f} x the floor (limit {LIMIT:g})")


if __name__ == "__main__":
    main()
