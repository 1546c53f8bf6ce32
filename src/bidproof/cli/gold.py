"""``bidproof gold``: sets of questions with known answers."""

from pathlib import Path
from typing import cast

import click

from bidproof.cli.options import gather_flags, json_option, model_options, workspace_option


@click.group(name="gold")
def command() -> None:
    """Keep questions with known answers, to measure answers by.

    A set is split into train, dev and a sealed test part; every opening of the test part is counted.
    """


@command.command(name="import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--name", default="", help="Name of the set. [default: the file's]")
@click.option("--map", "pairs", multiple=True, metavar="ROLE=COLUMN", help="Correct a detected column.")
@click.option("--questionnaire", is_flag=True, help="FILE is a questionnaire that was filled in.")
@click.option("--mapping", type=click.Path(path_type=Path), help="With --questionnaire: a corrected mapping.")
@click.option("--from-library", is_flag=True, help="Take the approved answers of the workspace.")
@click.option(
    "--group-by",
    type=click.Choice(["auto", "section", "document", "none"]),
    default="auto",
    help="What makes cases related. [default: a group column, else section, else document]",
)
@click.option("--strict", is_flag=True, help="Refuse when a row is no case.")
@click.option("--replace", "is_replaced", is_flag=True, help="Replace a set of that name.")
@click.option("--add", "is_added", is_flag=True, help="Add to a set of that name.")
@workspace_option
@json_option
def import_command(
    file: Path | None,
    name: str,
    pairs: tuple[str, ...],
    questionnaire: bool,
    mapping: Path | None,
    from_library: bool,
    group_by: str,
    strict: bool,
    is_replaced: bool,
    is_added: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Bring a set in from CSV, XLSX, Parquet, JSON lines, a completed questionnaire, or the library.

    Columns are told by their names: question, answer, choice, documents (paths or globs), page, quote,
    answerable, group, tags, split, id, section. Rows that are no case are named.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.gold import print_import
    from bidproof.evaluation.gold.columns import parse_mapping
    from bidproof.flows.gold import ImportRequest, import_set
    from bidproof.runtime.session import SessionRequest, open_session

    request = ImportRequest(
        source=file,
        name=name,
        columns=parse_mapping(pairs),
        is_questionnaire=questionnaire,
        mapping=mapping,
        is_library=from_library,
        group_by=group_by,
        is_strict=strict,
        is_replaced=is_replaced,
        is_added=is_added,
    )
    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        report = import_set(request, session=session)
    if as_json:
        print_json(report)
    else:
        print_import(report)


@command.command(name="show")
@click.argument("name", required=False)
@click.option("--examples", type=click.IntRange(0), default=3, help="Cases to print.")
@click.option("--open-test", is_flag=True, help="Show test cases too; counted as an opening.")
@workspace_option
@json_option
def show_command(
    name: str | None,
    examples: int,
    open_test: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Count a set's cases by split, kind, tag and group; without NAME, list the sets."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.gold import print_set, print_sets
    from bidproof.flows.gold import show_set, show_sets
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        if name is None:
            reports = show_sets(session)
            if as_json:
                print_json(reports)
            else:
                print_sets(reports)
            return
        report = show_set(name, session=session, examples=examples, open_test=open_test)
    if as_json:
        print_json(report)
    else:
        print_set(report)


@command.command(name="check")
@click.argument("name")
@click.option("--fix-paths", is_flag=True, help="Rewrite paths that can only mean one stored document.")
@workspace_option
@json_option
def check_command(
    name: str, fix_paths: bool, workspace: Path | None, settings: tuple[str, ...], as_json: bool
) -> int:
    """Find duplicates, leaks between splits, and what the documents do not hold.

    Says what each split can resolve: the least difference between two programs that would be found,
    and the error rate that could be certified. Exits 1 when something has to be corrected.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.gold import print_check
    from bidproof.flows.gold import check_set
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        report = check_set(name, session=session, fix_paths=fix_paths)
    if as_json:
        print_json(report)
    else:
        print_check(report)
    return 0 if report.check.is_clean else 1


@command.command(name="split")
@click.argument("name")
@click.option("--train", type=click.FloatRange(0, 1), default=0.4, show_default=True)
@click.option("--dev", type=click.FloatRange(0, 1), default=0.2, show_default=True)
@click.option("--test", type=click.FloatRange(0, 1), default=0.4, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--force", is_flag=True, help="Split anew although a test split is sealed.")
@workspace_option
@json_option
def split_command(
    name: str,
    train: float,
    dev: float,
    test: float,
    seed: int,
    force: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Deal a set's cases to train, dev and a sealed test split.

    Groups and near duplicates stay together. The numbers are shares and add up to 1.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.gold import print_split
    from bidproof.flows.gold import split_set
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        found = split_set(
            name,
            session=session,
            shares={"train": train, "dev": dev, "test": test},
            seed=seed,
            is_forced=force,
        )
    if as_json:
        print_json({"name": name, "cases": found.cases, "families": found.families, "largest": found.largest})
    else:
        print_split(name, found)


@command.command(name="export")
@click.argument("name")
@click.option(
    "-o", "--out", required=True, type=click.Path(path_type=Path), help=".csv .xlsx .parquet .jsonl"
)
@click.option("--split", type=click.Choice(["train", "dev", "test"]), help="Only this part.")
@click.option("--open-test", is_flag=True, help="Write test cases too; counted as an opening.")
@workspace_option
@json_option
def export_command(
    name: str,
    out: Path,
    split: str | None,
    open_test: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Write a set to a file that imports again as the same cases. Test cases stay out unless opened."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.gold import print_export
    from bidproof.evaluation.records import Split
    from bidproof.flows.gold import export_set
    from bidproof.runtime.session import SessionRequest, open_session

    part = cast("Split", split or "")
    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        report = export_set(name, session=session, out=out, split=part, open_test=open_test)
    if as_json:
        print_json(report)
    else:
        print_export(report)


@command.command(name="draft")
@click.argument("name")
@click.option(
    "-n", "--count", type=click.IntRange(1), default=30, show_default=True, help="Cases to propose."
)
@click.option(
    "--unanswerable",
    type=click.FloatRange(0, 0.9),
    default=0.1,
    show_default=True,
    help="Share of them that the documents do not answer.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@model_options
@workspace_option
@json_option
def draft_command(
    name: str,
    count: int,
    unanswerable: float,
    seed: int,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
    **model: object,
) -> int:
    """Propose cases from your documents; they count only once a person accepts them.

    With a model it writes question, answer and quote, and the quote is looked up in the document;
    without one, definitions, figures, headings and table rows become questions.
    """
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.gold import print_draft
    from bidproof.flows.gold_draft import DraftRequest, draft_set
    from bidproof.runtime.session import SessionRequest, open_session

    request = DraftRequest(name=name, count=count, unanswerable=unanswerable, seed=seed)
    flags = gather_flags(settings, **model)
    with (
        open_session(SessionRequest(workspace=workspace, flags=flags)) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = draft_set(request, session=session, progress=progress)
    if as_json:
        print_json(report)
    else:
        print_draft(report)
    return 1 if report.failed else 0


@command.command(name="accept")
@click.argument("name")
@click.argument("ids", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Accept every case that waits.")
@workspace_option
@json_option
def accept_command(
    name: str,
    ids: tuple[str, ...],
    is_all: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Accept proposed cases after reading them."""
    from bidproof.cli.printing.basics import print_json
    from bidproof.flows.gold import accept_cases
    from bidproof.runtime.session import SessionRequest, open_session

    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        accepted = accept_cases(name, session=session, ids=ids, is_all=is_all)
    if as_json:
        print_json({"name": name, "accepted": accepted})
    else:
        click.echo(f"{len(accepted)} cases of {name} accepted")
