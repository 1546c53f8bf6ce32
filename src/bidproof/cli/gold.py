"""``bidproof gold``: sets of questions with known answers."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import click

from bidproof.cli.inputs import MODEL_FLAGS, FiniteRange, Invocation, inputs
from bidproof.flows.requests.gold import DraftRequest, ImportRequest


@click.group(name="gold")
def command() -> None:
    """Keep questions with known answers, to measure answers by.

    A set is split into train, dev and a sealed test part; every opening of the test part is counted.
    """


@command.command(name="import")
@click.argument("source", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--map", "pairs", multiple=True, metavar="ROLE=COLUMN", help="Correct a detected column.")
@inputs(ImportRequest)
def import_command(invocation: Invocation, request: ImportRequest, pairs: tuple[str, ...]) -> None:
    """Bring a set in from CSV, XLSX, Parquet, JSON lines, a completed questionnaire, or the library.

    Columns are told by their names: question, answer, choice, documents (paths or globs), page, quote,
    answerable, group, tags, split, id, section. Rows that are no case are named.
    """
    from bidproof.cli.printing.gold import print_import
    from bidproof.evaluation.gold.columns import parse_mapping
    from bidproof.flows.gold import import_set

    request = replace(request, columns=parse_mapping(pairs))
    with invocation.session(makes_workspace=True) as session:
        report = import_set(request, session=session)
    invocation.show(report, print_import)


@command.command(name="show")
@click.argument("name", required=False)
@click.option("--examples", type=click.IntRange(0), default=3, help="Cases to print.")
@click.option("--open-test", is_flag=True, help="Show test cases too; counted as an opening.")
@inputs()
def show_command(invocation: Invocation, name: str | None, examples: int, open_test: bool) -> None:
    """Count a set's cases by split, kind, tag and group; without NAME, list the sets."""
    from bidproof.cli.printing.gold import print_set, print_sets
    from bidproof.flows.gold import show_set, show_sets

    with invocation.session() as session:
        if name is None:
            invocation.show(show_sets(session), print_sets)
        else:
            report = show_set(name, session=session, examples=examples, open_test=open_test)
            invocation.show(report, print_set)


@command.command(name="check")
@click.argument("name")
@click.option("--fix-paths", is_flag=True, help="Rewrite paths that can only mean one stored document.")
@inputs()
def check_command(invocation: Invocation, name: str, fix_paths: bool) -> int:
    """Find duplicates, leaks between splits, and what the documents do not hold.

    Says what each split can resolve: the least difference between two programs that would be found,
    and the error rate that could be certified. Exits 1 when something has to be corrected.
    """
    from bidproof.cli.printing.gold import print_check
    from bidproof.flows.gold import check_set

    with invocation.session() as session:
        report = check_set(name, session=session, fix_paths=fix_paths)
    invocation.show(report, print_check)
    return 0 if report.check.is_clean else 1


@command.command(name="split")
@click.argument("name")
@click.option("--train", type=FiniteRange(0, 1), default=0.4, show_default=True)
@click.option("--dev", type=FiniteRange(0, 1), default=0.2, show_default=True)
@click.option("--test", type=FiniteRange(0, 1), default=0.4, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--force", is_flag=True, help="Split anew although a test split is sealed.")
@inputs()
def split_command(
    invocation: Invocation, name: str, train: float, dev: float, test: float, seed: int, force: bool
) -> None:
    """Deal a set's cases to train, dev and a sealed test split.

    Groups and near duplicates stay together. The numbers are shares and add up to 1.
    """
    from bidproof.cli.printing.gold import print_split
    from bidproof.evaluation.records import Split
    from bidproof.flows.gold import split_set

    shares: dict[Split, float] = {"train": train, "dev": dev, "test": test}
    with invocation.session() as session:
        found = split_set(name, session=session, shares=shares, seed=seed, is_forced=force)
    counted = {
        "name": name,
        "cases": found.cases,
        "families": found.families,
        "largest": found.largest,
        "unprovable": found.unprovable,
    }
    invocation.show(found, lambda report: print_split(name, report), document=counted)


@command.command(name="export")
@click.argument("name")
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path), help=".csv .xlsx .parquet .jsonl"
)
@click.option("--split", type=click.Choice(["train", "dev", "test"]), help="Only this part.")
@click.option("--open-test", is_flag=True, help="Write test cases too; counted as an opening.")
@inputs()
def export_command(invocation: Invocation, name: str, out: Path, split: str | None, open_test: bool) -> None:
    """Write a set to a file that imports again as the same cases. Test cases stay out unless opened."""
    from bidproof.cli.printing.gold import print_export
    from bidproof.evaluation.records import Split
    from bidproof.flows.gold import export_set

    part = cast("Split", split or "")
    with invocation.session() as session:
        report = export_set(name, session=session, out=out, split=part, open_test=open_test)
    invocation.show(report, print_export)


@command.command(name="draft")
@click.argument("name")
@inputs(DraftRequest, flags=MODEL_FLAGS)
def draft_command(invocation: Invocation, request: DraftRequest) -> int:
    """Propose cases from your documents; they count only once a person accepts them.

    With a model it writes question, answer and quote, and the quote is looked up in the document;
    without one, definitions, figures, headings and table rows become questions.
    """
    from bidproof.cli.printing.gold import print_draft
    from bidproof.flows.gold_draft import draft_set

    with invocation.working() as (session, progress):
        report = draft_set(request, session=session, progress=progress)
    invocation.show(report, print_draft)
    return 1 if report.failed else 0


@command.command(name="accept")
@click.argument("name")
@click.argument("ids", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Accept every case that waits.")
@inputs()
def accept_command(invocation: Invocation, name: str, ids: tuple[str, ...], is_all: bool) -> None:
    """Accept proposed cases after reading them."""
    from bidproof.flows.gold import accept_cases

    with invocation.session() as session:
        accepted = accept_cases(name, session=session, ids=ids, is_all=is_all)
    invocation.show(
        accepted,
        lambda cases: click.echo(f"{len(cases)} cases of {name} accepted"),
        document={"name": name, "accepted": accepted},
    )
