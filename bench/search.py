"""Times the search on N made-up firms: embedded, Elasticsearch where it is given, and the floor of each, in one run.

python bench/search.py --size 4000 [--elastic elasticsearch+http://127.0.0.1:9200] [--server-pid N] [--repeat 3]
Prints p50 and p99 in ms as a caller sees them, CPU ms of a question (with the server's, where its pid is given), build time,
size on disk and memory. The floor: the bare engines (tantivy, faiss, numpy) on the same
questions, with nothing understood, joined or quoted.
"""

import argparse
import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import tantivy

from index import open_index
from index.analysis import pairs
from index.documents import Document
from index.files import _rows
from index.plain import institution_document
from index.queries import Box, Query
from index.vocabulary import load_search_vocabulary

HOME = Path(__file__).resolve().parent.parent
DIMS = 384
FACETS = ("service", "district", "industry", "grade", "park", "licence")
KM = 0.01  # degrees, about a kilometre
PLACES = ("浦东", "徐汇", "松江", "嘉定", "临港", "张江附近")
WORDS = ("猎头", "派遣", "招聘流程外包", "半导体", "新能源车", "医疗器械")
random = np.random.default_rng(7)


def firms(size: int, districts: list[str]) -> Iterator[Document]:
    """The hand-written firms again and again, each with a name, a district and a place of its own."""
    base = [institution_document(row) for row in _rows(HOME / "data/sample/institutions.jsonl", "name")]
    draw = np.random.default_rng(1)
    for number, document in enumerate(islice(cycle(base), size)):
        district = districts[int(draw.integers(len(districts)))]
        name = f"{document.title.removesuffix('有限公司')}{number}号有限公司"
        yield replace(document, id=f"F{number:07}", title=name, lon=float(draw.normal(121.47, 0.15)),
                      lat=float(draw.normal(31.2, 0.12)), texts={**document.texts, "name": (name,), "district": (district,)},
                      facets={**document.facets, "district": (district,)})


def questions(vocabulary) -> list[str]:
    """Sixty questions out of the trade's vocabulary: one word, two conditions, a technique, a sentence."""
    services = ["猎头", "劳务派遣", "灵活用工", "人力资源外包", "RPO", "校招", "海外引才", "培训", "人才测评", "HR系统"]
    places = ["浦东", "徐汇", "松江", "嘉定", "临港", "张江附近"]
    techniques = ["芯片验证", "大模型 预训练", "光刻胶", "临床监查", "BMS", "SLAM", "碳管理", "数控", "薪酬代发", "无尘室"]
    pairs = [f"{place} {services[at % 10]}" for at, place in enumerate(places * 4)]
    sentences = [f"需要{10 * (at + 1)}名{word}工程师，最好在{places[at % 6]}" for at, word in enumerate(techniques)]
    return [*services, *pairs, *techniques, *sentences, "lietou", "lwpq", "獵頭", "猪头 生物医药", "集成电鹿", "骰子"]


@dataclass(frozen=True)
class Timed:
    p50: float
    p99: float
    cpu: float


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def timed(tasks: list[Callable[[], object]], repeat: int, pid: int = 0, warm: bool = True) -> Timed:
    """Every task once to warm up (where that is wanted), then so many times."""
    for task in tasks if warm else ():
        task()
    spent, cpu, server = [], time.process_time(), cpu_of(pid) if pid else 0.0
    for task in tasks * repeat:
        start = time.perf_counter()
        task()
        spent.append((time.perf_counter() - start) * 1000)
    cpu = time.process_time() - cpu + (cpu_of(pid) - server if pid else 0.0)
    return Timed(float(np.percentile(spent, 50)), float(np.percentile(spent, 99)), cpu * 1000 / len(spent))


def build(url: str, size: int, vocabulary, vectors) -> tuple[object, float]:
    """Builds an index with its vectors; gives it and the seconds that took."""
    index = open_index(url, vocabulary)
    districts = sorted(vocabulary.neighbours)
    start = time.perf_counter()
    index.rebuild(firms(size, districts))
    index.set_vectors({f"F{number:07}": vectors[number] for number in range(size)})
    return index, time.perf_counter() - start


def boxes() -> list[Box]:
    """Twenty screens of about six kilometres."""
    centres = np.random.default_rng(3).normal((121.47, 31.2), (0.1, 0.08), (20, 2))
    return [Box(x - 3 * KM, y - 3 * KM, x + 3 * KM, y + 3 * KM) for x, y in centres.tolist()]


def grid(points) -> object:
    """Points of a screen counted by cells of 16 by 16."""
    return np.histogram2d(points.lon, points.lat, bins=16) if len(points.ids) else None


def measure(index, vocabulary, vectors, repeat: int, pid: int) -> dict[str, Timed]:
    """What the pages ask, each timed."""
    texts = questions(vocabulary)
    kind = {"kind": ("institution",)}
    where = {**kind, "district": ("浦东新区",)}
    meant = [vectors[at * 37 % len(vectors)] for at in range(len(texts))]
    fresh = [f"{place}{a} {b}" for place in PLACES for a in WORDS for b in WORDS if a != b]
    typed = ["猎", "lie", "张", "zhang", "上海第", "hq", "派遣", "rlzy", "橘子", "浦东"]
    return {
        "words": timed([lambda t=t: index.search(Query(t, kind)) for t in texts], repeat, pid),
        "filter + words": timed([lambda t=t: index.search(Query(t, where)) for t in texts], repeat, pid),
        "words + meaning": timed([lambda t=t, v=v: index.search(Query(t, kind, vector=v))
                                  for t, v in zip(texts, meant, strict=True)], repeat, pid),
        "all + filter + facets": timed([lambda t=t, v=v: index.search(Query(t, where, vector=v, facets=FACETS))
                                        for t, v in zip(texts, meant, strict=True)], repeat, pid),
        "all, asked for the first time": timed([lambda t=t, v=v: index.search(Query(t, where, vector=v, facets=FACETS))
                                                for t, v in zip(fresh, meant * 5, strict=False)], 1, pid, warm=False),
        "suggestions": timed([lambda t=t: index.suggest(t) for t in typed], repeat, pid),
        "box + clusters": timed([lambda b=b: grid(index.points(Query(filters=kind, box=b))) for b in boxes()], repeat, pid),
    }


@dataclass(frozen=True)
class Bare:
    """The engines themselves over the same documents: words in tantivy, vectors in faiss, facets and places as columns."""

    searcher: tantivy.Searcher
    schema: tantivy.Schema
    cells: object
    columns: dict[str, tuple[np.ndarray, np.ndarray, int]]
    lon: np.ndarray
    lat: np.ndarray


def bare(size: int, vectors, folder: Path, districts: list[str]) -> Bare:
    """Fills them."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="whitespace")
    builder.add_text_field("district", tokenizer_name="raw", index_option="basic")
    schema = builder.build()
    folder.mkdir()
    index = tantivy.Index(schema, path=str(folder))
    index.register_tokenizer("whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    writer = index.writer(200_000_000, num_threads=1)
    lon, lat = np.empty(size), np.empty(size)
    codes: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    entries: dict[str, tuple[list[int], list[int]]] = {facet: ([0], []) for facet in FACETS}
    for number, document in enumerate(firms(size, districts)):
        text = "".join(line for lines in document.texts.values() for line in lines)
        writer.add_document(tantivy.Document(body=" ".join(pairs(text)), district=document.facets["district"][0]))
        lon[number], lat[number] = document.lon, document.lat
        for facet, (begins, found) in entries.items():
            found += [codes[facet].setdefault(value, len(codes[facet])) for value in document.facets.get(facet, ())]
            begins.append(len(found))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    cells = faiss_of(vectors)
    columns = {facet: (np.array(begins), np.array(found, np.int32), len(codes[facet]))
               for facet, (begins, found) in entries.items()}
    return Bare(index.searcher(), schema, cells, columns, lon, lat)


def faiss_of(vectors) -> object:
    """A faiss index of the kind that the engine uses at this size."""
    import faiss

    from index.neighbours import FLAT_MOST, LOOKED_AT, MOST_CELLS, ROWS_A_CELL, TRAINED_ON

    faiss.omp_set_num_threads(1)
    if len(vectors) <= FLAT_MOST:
        made = faiss.IndexFlatIP(DIMS)
        made.add(vectors)
        return made
    cells = min(max(len(vectors) // ROWS_A_CELL, 16), MOST_CELLS)
    made = faiss.index_factory(DIMS, f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
    made.train(vectors[: cells * TRAINED_ON])
    made.add(vectors)
    made.nprobe = max(LOOKED_AT, cells // LOOKED_AT)
    return made


def counted(held: Bare, rows) -> list[object]:
    """The six facets of some rows, counted."""
    found = []
    for begins, codes, many in held.columns.values():
        first, last = begins[rows], begins[rows + 1]
        ends = np.cumsum(last - first)
        places = np.repeat(first - (ends - (last - first)), last - first) + np.arange(ends[-1] if len(ends) else 0)
        found.append(np.bincount(codes[places], minlength=many))
    return found


def floors(held: Bare, vectors, vocabulary, repeat: int) -> dict[str, Timed]:
    """The same questions to the bare engines, nothing understood, nothing joined: their best fifty, two hundred nearest,
    the facets of as many rows as a common service has, the points of a screen."""
    def phrase(word: str) -> tantivy.Query:
        tokens = pairs(word)
        return (tantivy.Query.term_query(held.schema, "body", tokens[0]) if len(tokens) == 1
                else tantivy.Query.phrase_query(held.schema, "body", tokens))

    def asked(text: str, district: str = "") -> tantivy.Query:
        words = [(tantivy.Occur.Should, phrase(word)) for word in text.split()]
        where = [(tantivy.Occur.Must, tantivy.Query.term_query(held.schema, "district", district))] if district else []
        return tantivy.Query.boolean_query([*where, (tantivy.Occur.Must, tantivy.Query.boolean_query(words))])

    texts = questions(vocabulary)
    meant = [vectors[at * 37 % len(vectors)][None, :] for at in range(len(texts))]
    some = np.flatnonzero(np.random.default_rng(5).random(len(held.lon)) < 1 / 16)

    def whole(text: str, vector) -> None:
        held.searcher.search(asked(text, "浦东新区"), limit=50)
        held.cells.search(vector, 200)
        counted(held, some)

    def both(text: str, vector) -> None:
        held.searcher.search(asked(text), limit=50)
        held.cells.search(vector, 200)

    tasks = list(zip(texts, meant, strict=True))
    return {
        "words": timed([lambda t=t: held.searcher.search(asked(t), limit=50) for t in texts], repeat),
        "filter + words": timed([lambda t=t: held.searcher.search(asked(t, "浦东新区"), limit=50) for t in texts], repeat),
        "words + meaning": timed([lambda t=t, v=v: both(t, v) for t, v in tasks], repeat),
        "all + filter + facets": timed([lambda t=t, v=v: whole(t, v) for t, v in tasks], repeat),
        "box + clusters": timed([lambda b=b: inside(held, b) for b in boxes()], repeat),
    }


def inside(held: Bare, box: Box):
    """Rows of a screen."""
    return np.flatnonzero((held.lon >= box.west) & (held.lon <= box.east) & (held.lat >= box.south) & (held.lat <= box.north))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=4000)
    parser.add_argument("--elastic", default="", help="address of a cluster, without a name")
    parser.add_argument("--server-pid", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=3)
    args = parser.parse_args()
    vocabulary = load_search_vocabulary(HOME / "data")
    centres = random.normal(size=(200, DIMS)).astype(np.float32)
    vectors = centres[random.integers(200, size=args.size)]
    vectors += 0.7 * random.normal(size=(args.size, DIMS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    rows: dict[str, dict[str, Timed]] = {}
    with tempfile.TemporaryDirectory() as folder:
        held = bare(args.size, vectors, Path(folder) / "bare", sorted(vocabulary.neighbours))
        rows["floor"] = floors(held, vectors, vocabulary, args.repeat)
        del held
        addresses = {"embedded": f"embedded:{folder}/index"}
        if args.elastic:
            addresses["elasticsearch"] = f"{args.elastic.rstrip('/')}/bench?timeout=60"
        for name, url in addresses.items():
            index, seconds = build(url, args.size, vocabulary, vectors)
            pid = args.server_pid if name == "elasticsearch" else 0
            rows[name] = measure(index, vocabulary, vectors, args.repeat, pid)
            state = index.status()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
            print(f"{name}: {state.documents:,} documents, {state.vectors:,} vectors, built in {seconds:.1f} s, "
                  f"{state.size_bytes / 2**20:.0f} MB on disk, peak of this process {memory:.0f} MB", flush=True)
        if args.elastic:
            from index.elastic import remove_index

            remove_index(addresses["elasticsearch"])
    print(f"\n| {args.size:,} firms: p50 / p99 ms (CPU ms) | " + " | ".join(rows) + " |\n|---|" + "---|" * len(rows))
    for work in rows["embedded"]:
        cells = [f"{t.p50:.2f} / {t.p99:.2f} ({t.cpu:.2f})" if (t := rows[name].get(work)) else "–" for name in rows]
        print(f"| {work} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
