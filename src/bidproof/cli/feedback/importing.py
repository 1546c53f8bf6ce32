"""``bidproof feedback import``."""

from datetime import datetime
from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="import")
@click.argument("answered", type=click.Path(path_type=Path))
@click.option("--approver", required=True, help="Who stands behind the answers.")
@click.option(
    "--questionnaire",
    type=click.Path(path_type=Path),
    metavar="ORIGINAL",
    help="The buyer's own file. [default: found by the job]",
)
@click.option("--mapping", type=click.Path(path_type=Path), help="A corrected mapping of the questionnaire.")
@click.option("--job", "job_id", type=int, help="The answering job, where several fit.")
@click.option(
    "--expires", type=click.DateTime(["%Y-%m-%d"]), help="Last day on which the answers may be used again."
)
@click.option("--gold", default="", metavar="SET", help="Add the approved answers to this gold set too.")
@workspace_option
@json_option
def command(
    answered: Path,
    approver: str,
    questionnaire: Path | None,
    mapping: Path | None,
    job_id: int | None,
    expires: datetime | None,
    gold: str,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Learn from ANSWERED, a file that bidproof answer filled in and a person has corrected.

    Importing the same file again changes nothing; a later version of it takes the place of the earlier.
    """
    from bidproof.cli.printing.basics import print_json
    from bidproof.cli.printing.feedback import print_import
    from bidproof.flows.feedback.importing import FeedbackRequest, import_feedback
    from bidproof.runtime.session import SessionRequest, open_session

    request = FeedbackRequest(
        answered=answered,
        approver=approver,
        questionnaire=questionnaire,
        mapping=mapping,
        job_id=job_id,
        expires=expires.date() if expires else None,
        gold=gold,
    )
    with open_session(SessionRequest(workspace=workspace, flags=gather_flags(settings))) as session:
        report = import_feedback(request, session=session)
    if as_json:
        print_json(report)
    else:
        print_import(report)
