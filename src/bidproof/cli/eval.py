"""``bidproof eval``: run a gold set, look at runs, gate on one."""

from pathlib import Path

import click

from bidproof.cli.inputs import MODEL_FLAGS, Invocation, inputs
from bidproof.cli.lazy import OrderedGroup
from bidproof.flows.requests.evaluating import EvaluateRequest, GateRequest, PatternsRequest, ScoreRequest

CLOSED = 3


class EvalGroup(OrderedGroup):
    """A first word that is no subcommand means ``run``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``run`` in front of anything that is no subcommand and no call for help."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = ["run", *args]
        return super().parse_args(ctx, args)


@click.group(name="eval", cls=EvalGroup, subcommand_metavar="GOLD [OPTIONS] | COMMAND [ARGS]...")
def command() -> None:
    """Measure how good the answers to a gold set are, each figure with its coverage and interval.

    GOLD is the name of a gold set (bidproof gold import), or a file with questions and answers.
    bidproof eval run --help lists the options.
    """


@command.command(name="run", short_help="Run a gold set; the word may be left out.")
@click.argument("gold")
@inputs(EvaluateRequest, flags=MODEL_FLAGS)
def run_command(invocation: Invocation, request: EvaluateRequest) -> int:
    """Answer the questions of GOLD, score the answers, and store the run with a report.

    Run the same command again after an interruption: it goes on where it stopped, and no finished
    model call is paid twice. Exit status 1 means that the error budget was spent.
    """
    from bidproof.cli.printing.evaluation import print_evaluation
    from bidproof.flows.evaluate import evaluate

    with invocation.working() as (session, progress):
        report = evaluate(request, session=session, progress=progress)
    invocation.show(report, print_evaluation)
    return 1 if report.info.state == "stopped" else 0


@command.command(name="list", short_help="List the runs of the workspace.")
@inputs()
def list_command(invocation: Invocation) -> None:
    """List the workspace's runs, oldest first."""
    from bidproof.cli.printing.evaluation import print_runs
    from bidproof.flows.evaluate import run_store

    with invocation.session() as session:
        runs = run_store(session).list()
    invocation.show(runs, print_runs)


@command.command(name="show", short_help="Show a run's figures.")
@click.argument("run", default="latest")
@click.option("--cells", "has_cells", is_flag=True, help="With --json: every case by every metric too.")
@inputs()
def show_command(invocation: Invocation, run: str, has_cells: bool) -> None:
    """Show the figures of RUN: its id, its label, or latest (the default)."""
    from bidproof.cli.printing.evaluation import print_run
    from bidproof.evaluation.running.overview import run_overview
    from bidproof.flows.evaluate import run_store

    with invocation.session() as session:
        store = run_store(session)
        found = store.load(run)
        folder = store.place(found.info.id)
    overview = run_overview(found.cases, found.outcomes, found.cells)
    document: dict[str, object] = {
        "info": found.info,
        "overview": overview,
        "summaries": found.summaries,
        "folder": folder,
    }
    if has_cells:
        document["cells"] = found.cells
    invocation.show(found, lambda shown: print_run(shown.info, overview, shown.summaries), document=document)


@command.command(name="score", short_help="Score a stored run by further metrics.")
@click.argument("run", default="latest")
@inputs(ScoreRequest)
def score_command(invocation: Invocation, request: ScoreRequest) -> None:
    """Score RUN by metrics by code that it lacks; nothing is answered again, and no model is called.

    RUN is an id, a label, or latest (the default). Its answers and its other scores stay as they are.
    """
    from bidproof.cli.printing.evaluation import print_run
    from bidproof.flows.score import score

    with invocation.working(makes_workspace=False) as (session, progress):
        report = score(request, session=session, progress=progress)
    invocation.show(report, lambda shown: print_run(shown.info, shown.overview, shown.summaries))


@command.command(name="report", short_help="Write a run's HTML report.")
@click.argument("run", default="latest")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Where it goes. [default: the run's folder]"
)
@inputs()
def report_command(invocation: Invocation, run: str, out: Path | None) -> None:
    """Write the HTML report of RUN: one file that works offline and loads nothing."""
    from bidproof.flows.evaluate import REPORT_NAME, run_store
    from bidproof.reports.runs.page import write_run_report

    with invocation.session() as session:
        store = run_store(session)
        found = store.load(run)
        written = write_run_report(found, out or store.place(found.info.id) / REPORT_NAME)
    document = {"run": found.info.id, "report": written}
    invocation.show(written, lambda place: click.echo(f"report (HTML): {place}"), document=document)


@command.command(name="label", short_help="Give a run a name to compare with.")
@click.argument("run")
@click.argument("label")
@inputs()
def label_command(invocation: Invocation, run: str, label: str) -> None:
    """Give RUN a LABEL; of several runs with one label, the newest is meant."""
    from bidproof.flows.evaluate import run_store

    with invocation.session() as session:
        info = run_store(session).label(run, label)
    invocation.show(info, lambda named: click.echo(f"{named.id} is now {label!r}"))


@command.command(name="patterns", short_help="Say where and why a run goes wrong.")
@click.argument("run", default="latest")
@inputs(PatternsRequest, flags=MODEL_FLAGS)
def patterns_command(invocation: Invocation, request: PatternsRequest) -> None:
    """Say where and why RUN goes wrong: slices, the step that lost each answer, failures that are alike.

    RUN is an id, a label, or latest (the default). A slice counts as worse only where its corrected
    p-value proves it. --order and --probe-bias answer some cases again with today's settings.
    """
    from bidproof.cli.printing.patterns import print_patterns
    from bidproof.flows.patterns import patterns

    with invocation.working(makes_workspace=False) as (session, progress):
        report = patterns(request, session=session, progress=progress)
    invocation.show(report, print_patterns)


@command.command(name="gate", short_help="Fail on a proven regression, for CI.")
@click.argument("b", metavar="[RUN]", default="latest")
@click.option("--baseline", "a", required=True, help="Run held against: its id, label, or folder.")
@click.option("--markdown", "is_markdown", is_flag=True, help="Print a summary for a pull request.")
@inputs(GateRequest, has_settings=False)
def gate_command(invocation: Invocation, request: GateRequest, is_markdown: bool) -> int:
    """Exit with 3 where RUN is proven worse than the baseline, or lost coverage; with 0 otherwise.

    RUN is an id, a label, latest (the default), or a folder. Seconds, tokens and dollars are
    gated only when named with --metrics.
    """
    from bidproof.cli.printing.compare import print_gate, print_gate_markdown
    from bidproof.flows.compare import gate

    result = gate(request, workspace=invocation.workspace)
    invocation.show(result, print_gate_markdown if is_markdown else print_gate)
    return 0 if result.passed else CLOSED
