"""Put the measured effects of techniques into docs/prompting.md.

Takes reports of ``bidproof ablate`` (``<workspace>/ablations/*.json``, or its ``--json``
output), keeps them in ``benchmarks/results/techniques.json``, one for each gold set,
split, metric, limit and base program, and writes one table for each between the
page's two marks. Without arguments the page is made anew from what is kept. Run:

    python benchmarks/technique_effects.py .bidproof/ablations/*.json
"""

import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results" / "techniques.json"
PAGE = HERE.parent / "docs" / "prompting.md"
START, END = "<!-- technique-effects: start -->", "<!-- technique-effects: end -->"
_EMPTY = (
    "Not measured yet: `bidproof ablate --gold SET`, then "
    "`python benchmarks/technique_effects.py WORKSPACE/ablations/ID.json`."
)
_COLUMNS = (
    "technique",
    "base",
    "without",
    "with",
    "effect",
    "p",
    "verdict",
    "answered",
    "calls",
    "tokens",
    "seconds",
)


def load(path: Path = RESULTS) -> list[dict[str, Any]]:
    """The reports that are kept."""
    return json.loads(path.read_text("utf-8"))["reports"] if path.is_file() else []


def add(kept: list[dict[str, Any]], report: dict[str, Any]) -> list[dict[str, Any]]:
    """The reports with a new one, in place of an older one of the same kind; machine paths are left out."""
    bare = {name: value for name, value in report.items() if name != "file"}
    others = [item for item in kept if _kind(item) != _kind(bare)]
    return sorted([*others, bare], key=_kind)


def render(reports: list[dict[str, Any]]) -> str:
    """What stands between the marks."""
    return "\n\n".join(_table(report) for report in reports) if reports else _EMPTY


def put_into(page: str, text: str) -> str:
    """The page with other text between its marks."""
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{text}\n{END}{after}"


def _kind(report: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(report[name]) for name in ("gold", "split", "model", "metric", "base", "cases"))


def _table(report: dict[str, Any]) -> str:
    split = f", split `{report['split']}`" if report["split"] else ""
    mean = "none" if report["base_mean"] is None else f"{report['base_mean']:.3f}"
    lead = (
        f"`{report['gold']}`{split}: {report['cases']} questions, {report['model']}, "
        f"`{report['metric']}` {mean} by program `{report['base']}`; "
        f"made by `bidproof ablate --gold {report['gold']}`."
    )
    rows = [f"| {' | '.join(_COLUMNS)} |", f"|{' --- |' * len(_COLUMNS)}"]
    rows += [f"| {' | '.join(_cells(row))} |" for row in report["rows"]]
    notes = [f"- `{row['name']}`: {note}." for row in report["rows"] for note in row["notes"]]
    return "\n".join([lead, "", *rows, *([""] if notes else []), *notes])


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    test, before, after = row["test"], row["spent_without"], row["spent_with"]
    effect = "–"
    if test["effect"] is not None:
        effect = f"{test['effect']:+.3f}"
        if test["low"] is not None:
            effect += f" [{test['low']:+.3f}, {test['high']:+.3f}]"
    return (
        f"`{row['name']}`",
        "on" if row["is_on"] else "off",
        _number(row["mean_without"]),
        _number(row["mean_with"]),
        effect,
        "–" if row["adjusted_p"] is None else f"{row['adjusted_p']:.3g}",
        row["verdict"],
        f"{row['answered_without']:.0%} → {row['answered_with']:.0%}",
        f"{before['calls']:.1f} → {after['calls']:.1f}",
        f"{before['tokens']:.0f} → {after['tokens']:.0f}",
        f"{before['seconds']:.1f} → {after['seconds']:.1f}",
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def main(paths: list[str]) -> None:
    reports = load()
    for path in paths:
        reports = add(reports, json.loads(Path(path).read_text("utf-8")))
    if paths:
        content = json.dumps({"reports": reports}, ensure_ascii=False, indent=1)
        RESULTS.write_text(f"{content}\n", "utf-8")
    PAGE.write_text(put_into(PAGE.read_text("utf-8"), render(reports)), "utf-8")
    print(f"{len(reports)} reports in {RESULTS.name}; {PAGE.name} is up to date")


if __name__ == "__main__":
    main(sys.argv[1:])
