"""The ``bidproof`` command: a lazy group and the one place where errors become exit codes."""

import atexit
import gc
import signal
import sys
import threading
from collections.abc import Generator, Sequence
from contextlib import contextmanager

import click

from bidproof import __version__
from bidproof.cli.lazy import LazyGroup
from bidproof.core.errors import BidproofError

COMMANDS = {
    "ingest": ("bidproof.cli.ingest", "Read documents into the workspace."),
    "ask": ("bidproof.cli.ask", "Answer one question, with citations."),
    "inspect": ("bidproof.cli.inspect", "Show what was detected in a questionnaire."),
    "brief": ("bidproof.cli.brief", "Say on one page what an RFP asks, each with its quote."),
    "answer": ("bidproof.cli.answer", "Fill in a questionnaire, with proof."),
    "gold": ("bidproof.cli.gold", "Keep sets of questions with known answers."),
    "eval": ("bidproof.cli.eval", "Measure how good the answers are; gate on it."),
    "compare": ("bidproof.cli.compare", "Say whether one run is better than another, with proof."),
    "judge": ("bidproof.cli.judge", "Calibrate and probe what judges the answers."),
    "prompts": ("bidproof.cli.prompts", "Keep prompts as versions; promote on proof."),
    "ablate": ("bidproof.cli.ablate", "Say what each technique is worth, one at a time."),
    "optimize": ("bidproof.cli.optimize", "Search for a better program; prove it on sealed cases."),
    "feedback": ("bidproof.cli.feedback", "Learn from answers that people corrected."),
    "finetune": ("bidproof.cli.finetune", "Hand approved answers over for fine-tuning elsewhere."),
    "library": ("bidproof.cli.library", "Show, export and take out approved answers."),
    "route": ("bidproof.cli.route", "Calibrate, certify, and route between two models."),
    "status": ("bidproof.cli.status", "Show what the workspace holds."),
    "trust": ("bidproof.cli.trust", "Let a workspace from elsewhere send to a model."),
    "config": ("bidproof.cli.config", "Show every setting and where it came from."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
@click.version_option(__version__, prog_name="bidproof")
def bidproof() -> None:
    """Answer RFPs and security questionnaires from your own documents, with proof."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command; exit 0 when done, 2 for the user's problem, 1 for ours.

    Args:
        arguments: Command-line words; None takes them from the process.
    """
    atexit.register(gc.freeze)  # what a process leaves behind as it ends need not be searched for cycles
    asked = _Asked()
    try:
        with asked.to_stop():
            code = bidproof.main(
                args=list(arguments) if arguments is not None else None, standalone_mode=False
            )
    except BidproofError as error:
        _refuse(error.code, error.message, error.hint)
        sys.exit(error.exit_code)
    except click.exceptions.Abort:
        click.echo("stopped; run the same command again to go on", err=True)
        sys.exit(128 + asked.by)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "bidproof"
        _refuse("usage", error.format_message(), f"run {command} --help")
        sys.exit(2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


class _Asked:
    """How this process was asked to stop: a request to end it is carried out like one from the keyboard."""

    by: int = signal.SIGINT

    @contextmanager
    def to_stop(self) -> Generator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # The first is set, too: what a script starts in the background is told to ignore it.
        wanted = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: self._stop}
        before = {number: signal.signal(number, handler) for number, handler in wanted.items()}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _stop(self, number: int, frame: object) -> None:
        self.by = number
        signal.raise_signal(signal.SIGINT)


def _refuse(code: str, message: str, hint: str) -> None:
    from bidproof.cli.hints import worded

    def one_line(text: str) -> str:
        return " ".join(text.split())

    click.echo(f"error[{code}]: {one_line(message)}", err=True)
    click.echo(f"hint: {one_line(worded(hint))}", err=True)


if __name__ == "__main__":
    main()
