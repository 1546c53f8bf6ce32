"""``bidproof finetune compare``."""

from pathlib import Path

import click

from bidproof.cli.options import gather_flags, json_option, workspace_option


@click.command(name="compare")
@click.option("--gold", required=True, metavar="SET", help="Gold set to measure on.")
@click.option("--model", required=True, help="The tuned model: its name, or local:/path/model.gguf.")
@click.option("--base-url", default="", help="Its OpenAI-compatible address. [default: as in the settings]")
@click.option("--split", default="", help="train, dev, test or all. [default: dev where the set is split]")
@click.option("--limit", type=click.IntRange(1), help="Only so many cases.")
@workspace_option
@json_option
def command(
    gold: str,
    model: str,
    base_url: str,
    split: str,
    limit: int | None,
    workspace: Path | None,
    settings: tuple[str, ...],
    as_json: bool,
) -> None:
    """Hold a tuned model against the one that the settings name: same program, same cases, paired test.

    The same as two bidproof eval runs, the second with --model, and bidproof compare.
    """
    from bidproof.cli.printing.basics import print_json, progress_bars
    from bidproof.cli.printing.compare import print_comparison
    from bidproof.flows.finetune import ModelsRequest, compare_models
    from bidproof.runtime.session import SessionRequest

    request = ModelsRequest(gold=gold, model=model, base_url=base_url, split=split, limit=limit)
    base = SessionRequest(workspace=workspace, flags=gather_flags(settings))
    with progress_bars(is_quiet=as_json) as progress:
        report = compare_models(request, base=base, progress=progress)
    if as_json:
        print_json(report.comparison)
    else:
        print_comparison(report.comparison)
