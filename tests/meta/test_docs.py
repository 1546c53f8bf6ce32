"""The documentation hangs together: links resolve, pages are reached, files and commands exist."""

import fnmatch
import re
import shlex
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import click
import pytest

from bidproof.cli.eval import EvalGroup
from bidproof.cli.main import bidproof

REPOSITORY = Path(__file__).resolve().parents[2]
INDEX = REPOSITORY / "docs" / "index.md"
PAGES = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md")])
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)")
FILE = re.compile(r"(?<![\w/])((?:benchmarks|docs|samples|src|tests)/[\w./*-]*\w)|`([a-z_]+\.py)`")
SOURCES = {
    path.relative_to(REPOSITORY).as_posix()
    for top in ("benchmarks", "docs", "samples", "src", "tests")
    for path in (REPOSITORY / top).rglob("*")
}
SHELL = {"&&", "||", "|", ">", "<", "…"}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())


def links(page: Path) -> Iterator[tuple[Path, str]]:
    """Files that a page links to, each with the heading meant, if any."""
    for target, anchor in LINK.findall(FENCED.sub("", page.read_text("utf-8"))):
        yield (page.parent / target).resolve() if target else page, anchor


def anchors(page: Path) -> set[str]:
    """What a heading is called in a link: words in lower case, joined by hyphens."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", heading.lower()).replace(" ", "-") for heading in headings}


def commands() -> Iterator[tuple[str, str]]:
    """Lines of code blocks that run ``bidproof``, each with its page."""
    for page in PAGES:
        for block in FENCED.findall(page.read_text("utf-8")):
            for line in re.findall(r"^(?:\$ |- run: )?(bidproof .+)$", block, re.MULTILINE):
                yield page.name, line


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, anchor in links(page):
        assert target.exists(), target
        assert not anchor or anchor in anchors(target), f"{target.name}#{anchor}"


def test_every_page_is_reached_from_the_index() -> None:
    reached, waiting = set[Path](), [INDEX]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        waiting += [target for target, _ in links(page) if target.suffix == ".md" and target not in reached]
    assert [page.name for page in PAGES if page not in reached] == []


@each_page
def test_every_file_it_names_is_there(page: Path) -> None:
    for path, module in FILE.findall(page.read_text("utf-8")):
        assert fnmatch.filter(SOURCES, path or f"*/{module}"), path or module


@pytest.mark.parametrize(("page", "line"), sorted(set(commands())))
def test_every_command_it_shows_exists_with_its_options(page: str, line: str) -> None:
    words = list(takewhile(lambda word: word not in SHELL, shlex.split(line, comments=True)))[1:]
    command: click.Command = bidproof
    while isinstance(command, click.Group):
        if isinstance(command, EvalGroup) and words[0] not in command.commands:
            words.insert(0, "run")
        _, found, words = command.resolve_command(click.Context(command), words)
        assert found is not None
        command = found
    command.make_parser(click.Context(command)).parse_args([*words, "--"])
