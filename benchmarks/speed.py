"""``make bench-speed``: every speed figure of the README, as ratios within one run."""

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import speed_ingest
import speed_query
from measuring_sets import data_folder, documents_folder

HERE = Path(__file__).parent
RESULTS = HERE / "results" / "speed.json"


def main() -> None:
    """Measure, print a table a part, and write the figures down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pdfs", type=int, default=6, help="PDF files of sec10q to ingest")
    parser.add_argument("--pages", type=int, default=400, help="Markdown pages of aws to ingest")
    parser.add_argument("--sizes", type=int, nargs="*", default=[20_000, 200_000])
    parser.add_argument("--only", choices=["ingest", "query", "answering"], default=None)
    options = parser.parse_args()
    found: dict[str, object] = {"machine": f"{platform.machine()}, {platform.system()}"}
    if options.only in (None, "ingest"):
        found["ingest"] = _ingest(options.pdfs, options.pages)
    if options.only in (None, "query"):
        found["query"] = [asdict(row) for size in options.sizes for row in _query(size)]
    if options.only in (None, "answering"):
        subprocess.run([sys.executable, str(HERE / "answering_throughput.py")], check=True)
    earlier = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**earlier, **found}, indent=2) + "\n")
    print(f"written to {RESULTS}")


def _ingest(pdfs: int, pages: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name, pattern, count in (("sec10q", "*.pdf", pdfs), ("aws", "*.md", pages)):
        folder = documents_folder(name, Path.home() / ".cache/bidproof/measuring")
        if folder is None:
            print(f"ingest {name}: skipped, nothing at {data_folder()}")
            continue
        files = _spread(sorted(folder.rglob(pattern)), count)
        row = speed_ingest.measure(name, files)
        print(
            f"ingest {row.set}: {row.pages} pages; {row.bidproof_pages_per_s:.1f} pages/s, "
            f"{row.ratio_to_llamaindex_published:.2f}x LlamaIndex with the published model, "
            f"{row.ratio_to_llamaindex_our_model:.2f}x with ours, "
            f"{row.share_of_bare_embedder:.2f} of bare embedding; by processor time "
            f"{row.cpu_ratio_to_llamaindex_published:.2f}x, {row.cpu_ratio_to_llamaindex_our_model:.2f}x, "
            f"{row.cpu_share_of_bare_embedder:.2f}"
        )
        rows.append(asdict(row))
    return rows


def _spread(files: list[Path], count: int) -> list[Path]:
    """Take files evenly over the whole list."""
    step = max(1, len(files) // count) if count else 1
    return files[::step][:count]


def _query(size: int) -> list[speed_query.QuerySpeed]:
    threads = {name: os.environ.get(name, "not set") for name in speed_query.THREADS}
    print(f"threads {threads}")
    rows = speed_query.measure(size)
    for row in rows:
        print(
            f"query {row.passages}: {row.store:24} p50 {row.p50_ms:7.1f} ms  p95 {row.p95_ms:7.1f} ms  "
            f"processor {row.cpu_p50_ms:7.1f} ms  {row.ratio:5.2f}x of bidproof  built in {row.build_s:.0f} s"
        )
    return rows


if __name__ == "__main__":
    main()
