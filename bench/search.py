"""Times the search on N made-up firms: embedded, Elasticsearch where it is given, and the floor of each, in one run.

python bench/search.py --size 4000 [--elastic elasticsearch+http://127.0.0.1:9200] [--server-pid N] [--repeat 3]
Prints p50 and p99 in ms as a caller sees them, CPU ms of a question (with the server's, where its pid is given), build time,
size on disk and memory. The floor: tantivy bare for words, one exact scan in numpy for meaning and places.
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
from index.documents import Document
from index.files import _rows
from index.plain import institution_document
from index.queries import Box, Query
from index.vocabulary import load_search_vocabulary

HOME = Path(__file__).resolve().parent.parent
DIMS = 384
FACETS = ("service", "district", "industry", "grade", "park", "licence")
KM = 0.01  # degrees, about a kilometre
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


def timed(tasks: list[Callable[[], object]], repeat: int, pid: int = 0) -> Timed:
    """Every task once to warm up, then so many times."""
    for task in tasks:
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
    typed = ["猎", "lie", "张", "zhang", "上海第", "hq", "派遣", "rlzy", "橘子", "浦东"]
    return {
        "words": timed([lambda t=t: index.search(Query(t, kind)) for t in texts], repeat, pid),
        "filter + words": timed([lambda t=t: index.search(Query(t, where)) for t in texts], repeat, pid),
        "words + meaning": timed([lambda t=t, v=v: index.search(Query(t, kind, vector=v))
                                  for t, v in zip(texts, meant, strict=True)], repeat, pid),
        "all + filter + facets": timed([lambda t=t, v=v: index.search(Query(t, where, vector=v, facets=FACETS))
                                        for t, v in zip(texts, meant, strict=True)], repeat, pid),
        "suggestions": timed([lambda t=t: index.suggest(t) for t in typed], repeat, pid),
        "box + clusters": timed([lambda b=b: grid(index.points(Query(filters=kind, box=b))) for b in boxes()], repeat, pid),
    }


def floors(size: int, vectors, folder: Path, districts: list[str], repeat: int) -> dict[str, Timed]:
    """The same work by the bare parts: tantivy's best fifty, one scan over all vectors, one over all places."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", tokenizer_name="whitespace")
    schema = builder.build()
    folder.mkdir()
    bare = tantivy.Index(schema, path=str(folder))
    bare.register_tokenizer("whitespace", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    writer = bare.writer(200_000_000, num_threads=1)
    lon, lat = np.empty(size), np.empty(size)
    for number, document in enumerate(firms(size, districts)):
        text = "".join(line for lines in document.texts.values() for line in lines)
        writer.add_document(tantivy.Document(body=" ".join(text[i : i + 2] for i in range(len(text) - 1))))
        lon[number], lat[number] = document.lon, document.lat
    writer.commit()
    writer.wait_merging_threads()
    bare.reload()
    searcher = bare.searcher()
    words = [tantivy.Query.term_query(schema, "body", word) for word in ("猎头", "派遣", "外包", "芯片", "培训", "校招")]
    wanted = boxes()
    return {
        "words": timed([lambda q=q: searcher.search(q, limit=50).hits for q in words], repeat * 8),
        "words + meaning": timed([lambda at=at: np.argpartition(-(vectors @ vectors[at]), 50)[:50]
                                  for at in range(10)], repeat),
        "box + clusters": timed([lambda b=b: np.flatnonzero((lon >= b.west) & (lon <= b.east) & (lat >= b.south)
                                                            & (lat <= b.north)) for b in wanted], repeat),
    }


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
        rows["floor"] = floors(args.size, vectors, Path(folder) / "bare", sorted(vocabulary.neighbours), args.repeat)
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
