"""Next steps as command lines."""

from collections.abc import Mapping

from bidproof.core.next_steps import Action, NextStep

COMMANDS: Mapping[Action, str] = {
    Action.ACCEPT_GOLD: "bidproof gold export {name} --out cases.csv; bidproof gold accept {name}",
    Action.ASK: 'bidproof ask "your question"',
    Action.CALIBRATE_JUDGE: "bidproof judge calibrate LABELS --model NAME",
    Action.CHECK_MAPPING: "bidproof inspect {file} --mapping mapping.json",
    Action.COMPARE: "bidproof compare BASELINE RUN --json",
    Action.EVALUATE: "bidproof eval {gold}",
    Action.EVALUATE_PROGRAM: "bidproof eval {gold} --set prompts.program={program}",
    Action.EXPORT_GOLD: "bidproof gold export {name} --out cases.csv",
    Action.EXPORT_PROGRAM: "bidproof prompts export PROGRAM --out FOLDER",
    Action.EXPORT_TRAINING: "bidproof finetune export FOLDER",
    Action.FIT_RERANKER: "bidproof feedback train-reranker --gold SET",
    Action.FIT_ROUTE: "bidproof route fit RUN",
    Action.GROW_GOLD: "bidproof gold import FILE --name {name} --add; bidproof gold split {name} --force",
    Action.IMPORT_FEEDBACK: "bidproof feedback import ANSWERED --approver NAME",
    Action.IMPORT_GOLD: "bidproof gold import FILE --name {name}",
    Action.INGEST: "bidproof ingest DOCS",
    Action.INSPECT: "bidproof inspect {file}",
    Action.LIST_GOLD: "bidproof gold show",
    Action.LIST_LIBRARY: "bidproof library list",
    Action.LIST_PROGRAMS: "bidproof prompts list",
    Action.LIST_ROUTES: "bidproof route show",
    Action.LIST_RUNS: "bidproof eval list",
    Action.LIST_TRUSTED: "bidproof trust --list",
    Action.NEW_PROGRAM: 'bidproof prompts new --from {start} -m "why"',
    Action.PROMOTE: "bidproof prompts promote PROGRAM --to {label} --proof RUN",
    Action.REPAIR: "bidproof status --repair",
    Action.SAVE_MAPPING: "bidproof inspect {file} --save-mapping mapping.json",
    Action.SHOW_LABEL: "bidproof prompts log --label {label}",
    Action.SHOW_PRICES: "bidproof route prices",
    Action.SHOW_SETTINGS: "bidproof config",
    Action.SPLIT_GOLD: "bidproof gold split {name}",
    Action.TRUST: "bidproof trust {folder}",
    Action.VARY_PROGRAM: 'bidproof prompts new --set {change} -m "why"',
    Action.WRITE_PRICES: "bidproof route prices --init",
}
"""A value that the error does not know stands in capitals, for the reader to fill in."""


class _Values(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name.upper()


def worded(hint: str) -> str:
    """A hint for somebody at a command line: the sentence, then the options and the command it means."""
    if not isinstance(hint, NextStep):
        return hint
    flags = ", ".join("--" + name.replace("_", "-") for name in hint.options)
    sentence = f"{hint} ({flags})" if flags else str(hint)
    if hint.action is None:
        return sentence
    return f"{sentence}: {COMMANDS[hint.action].format_map(_Values(hint.values))}"
