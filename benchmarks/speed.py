"""``make bench-speed``: every speed figure of the README, as ratios within one run."""

import argparse
import json
import platform
from dataclasses import asdict
from pathlib import Path

from benchmarks import speed_ingest, speed_query
from benchmarks.datasets import data_folder, unpacked_documents

RESULTS = Path(__file__).parent / "results" / "speed.json"


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
        from benchmarks import answering_throughput

        found["answering"] = answering_throughput.measure()
    earlier = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps({**earlier, **found}, indent=2) + "\n")
    print(f"written to {RESULTS}")


def _ingest(pdfs: int, pages: int) -> list[dict[str, object]]:
    folder = data_folder()
    rows = []
    for name, files in (
        ("sec10q", sorted((folder / "sec10q" / "documents").glob("*.pdf"))[:pdfs]),
        ("aws", _spread(sorted(unpacked_documents("aws").rglob("*.md")), pages)),
    ):
        if not files:
            print(f"{name}: skipped, no files at {folder}")
            continue
        row = speed_ingest.measure(name, files)
        print(
            f"ingest {row.set}: {row.pages} pages; {row.bidproof_pages_per_s:.1f} pages/s, "
            f"{row.ratio_to_llamaindex:.2f}x LlamaIndex, {row.share_of_bare_embedder:.2f} of bare embedding"
        )
        rows.append(asdict(row))
    return rows


def _spread(files: list[Path], count: int) -> list[Path]:
    """Take files evenly over the whole list."""
    step = max(1, len(files) // count) if count else 1
    return files[::step][:count]


def _query(size: int) -> list[speed_query.QuerySpeed]:
    rows = speed_query.measure(size)
    for row in rows:
        print(
            f"query {row.passages}: {row.store:20} p50 {row.p50_ms:7.1f} ms  p95 {row.p95_ms:7.1f} ms  "
            f"{row.ratio:5.2f}x of bidproof index  built in {row.build_s:.0f} s"
        )
    return rows


if __name__ == "__main__":
    main()
