"""``bidproof ingest DOCS…``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="ingest")
@click.argument("docs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--tag", "tags", multiple=True, help="Tag every document brought in.")
@click.option("--retry-failed", is_flag=True, help="Read files and pages again that were left out.")
@workspace_option
@json_option
def command(
    docs: tuple[Path, ...],
    tags: tuple[str, ...],
    retry_failed: bool,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Read documents into the workspace.

    DOCS are files or folders: PDF, DOCX, PPTX, XLSX, CSV, HTML, Markdown, text, e-mail. Only new and
    changed files are read; documents that are gone from a folder go from the workspace too.
    """
    from bidproof.cli.printing.basics import print_ingest, print_json, progress_bars
    from bidproof.flows.ingest import IngestRequest, ingest
    from bidproof.runtime.session import SessionRequest, open_session

    request = IngestRequest(roots=docs, tags=tags, retry_failed=retry_failed)
    with (
        open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session,
        progress_bars(is_quiet=as_json) as progress,
    ):
        report = ingest(request, session=session, progress=progress)
    if as_json:
        print_json(report)
        return
    print_ingest(report)
