"""The documentation says what the program is: tables, help, commands and links agree with it."""

import re
import shlex
import subprocess
from pathlib import Path
from typing import NamedTuple

import click
import httpx2
import msgspec
import pytest

from support.docs_pages import HOW_TO_WRITE, PAGES, commands, written_anew
from support.project import DOCS, ROOT, page_text, project_files
from support.server import running_server
from trailbell.cli import COMMANDS, main
from trailbell.settings import SETTINGS, Settings, load_settings
from trailbell.web import ROUTES

PROSE = sorted(path for path in project_files() if path.suffix == ".md")
DOCS_PAGES = [path for path in PROSE if path.is_relative_to(DOCS)]
EXPLANATIONS = [
    path for path in DOCS_PAGES if path.name == "architecture.md" or path.parent.name == "decisions"
]
ANSWERS = [path for path in DOCS_PAGES if path not in EXPLANATIONS]

FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
QUESTION_AND_COMMAND = re.compile(r"# [^\n]+\?\n\n```console\n\$ [^\n]+\n")
TITLE_AND_TEXT = re.compile(r"# [^\n]+\n\n[A-Z*][^\n]")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^()\s]+)\)")
OUR_VARIABLES = re.compile(r"TRAILBELL_[A-Z_]*[A-Z]")


class Typed(NamedTuple):
    """A command as a page shows it."""

    page: Path
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {shlex.join(self.words)}"


def identity(path: Path) -> str:
    return str(path.relative_to(ROOT))


def blocks(text: str, kind: str) -> list[str]:
    """What stands in the fenced blocks of a kind."""
    return [block["content"] for block in FENCE.finditer(text) if block["kind"] == kind]


def typed_commands() -> list[Typed]:
    """Everything of ours behind a prompt in a block of commands, up to the end of its own words."""
    found = []
    for page in PROSE:
        for block in blocks(page.read_text(encoding="utf-8"), "console"):
            for line in block.replace("\\\n", " ").splitlines():
                words = own_words(line.removeprefix("$ ")) if line.startswith("$ ") else []
                if words and words[0] in {"./dev", "trailbell"}:
                    found.append(Typed(page, tuple(words)))
    return found


def own_words(line: str) -> list[str]:
    """Cut a shell line into words, up to the first that hands over to something else."""
    words: list[str] = []
    for word in shlex.split(line, comments=True):
        if word in {"|", "||", "&", "&&", ";", ">", ">>", "2>"}:
            break
        words.append(word)
    return words


def problem_with(words: tuple[str, ...]) -> str | None:
    """Say what click has against a command line, which it reads but does not run."""
    arguments = list(words)
    command: click.Command = main
    context = click.Context(main, info_name="trailbell", **main.context_settings)
    try:
        while isinstance(command, click.Group) and arguments and not arguments[0].startswith("-"):
            name, inner, arguments = command.resolve_command(context, arguments)
            assert inner is not None
            context = click.Context(inner, context, name)
            command = inner
        command.make_context(context.info_name, arguments, context.parent, **command.context_settings)
    except click.exceptions.Exit:
        return None  # --help and --version end the reading
    except click.ClickException as error:
        return error.format_message()
    return None


@pytest.fixture(scope="module")
def verbs() -> set[str]:
    """The verbs that ./dev says it has."""
    usage = subprocess.run(
        ["sh", str(ROOT / "dev"), "help"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    return set(re.findall(r"^  ([a-z]+) +\S", usage, re.MULTILINE))


@pytest.mark.parametrize("name", PAGES)
def test_a_written_page_is_what_the_program_says(name: str) -> None:
    assert written_anew(name) == page_text(name), f"docs/{name} is out of date; write it anew: {HOW_TO_WRITE}"


@pytest.mark.parametrize("columns", ["40", "300"])
def test_a_written_page_does_not_depend_on_the_terminal(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("TRAILBELL_URL", "http://127.0.0.1:1")

    assert page_text("commands.md") == written_anew("commands.md")


def test_every_command_has_its_summary_in_the_list() -> None:
    # The list stands apart from the commands, so that it needs none of their imports.
    summaries = {
        words.removeprefix("trailbell "): command.get_short_help_str(limit=200)
        for words, command, _ in commands()
        if words.count(" ") == 1
    }

    assert {name: summary for name, (_, summary) in COMMANDS.items()} == summaries


def test_the_example_settings_can_be_loaded(tmp_path: Path) -> None:
    file = tmp_path / "trailbell.toml"
    [example] = blocks(page_text("settings.md"), "toml")
    file.write_text(example)

    loaded = load_settings({}, {"HOME": "/home/ada"}, file).settings

    assert (
        Settings(
            data="/home/ada/.local/share/trailbell",
            source=("/home/ada/cloudtrail",),
            notify=("-", "https://hooks.example.com/alarms"),
            controls=("unauthorized_api_calls", "root_usage"),
            rescan_seconds=60.0,
            matched_event_bytes=500 << 20,
        )
        == loaded
    )


def test_the_api_page_shows_an_error_as_the_server_gives_it(tmp_path: Path) -> None:
    with running_server("--data", str(tmp_path)) as server, httpx2.Client(trust_env=False) as client:
        answer = client.get(f"{server.url}/api/v1/events", params={"user": "mallory"})

    [example] = blocks(page_text("api.md"), "json")
    assert (400, example) == (answer.status_code, answer.text + "\n")
    parameters = msgspec.json.decode(answer.content)["error"].partition("known are ")[2].split(", ")
    table = page_text("api.md").partition("## Parameters")[2].partition("## Errors")[0]
    assert [] == [name for name in parameters if f"`{name}`" not in table]


@pytest.mark.parametrize("path", ANSWERS, ids=identity)
def test_a_page_asks_a_question_and_begins_with_a_command(path: Path) -> None:
    assert QUESTION_AND_COMMAND.match(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", EXPLANATIONS, ids=identity)
def test_an_explanation_begins_with_a_title_and_text(path: Path) -> None:
    assert TITLE_AND_TEXT.match(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PROSE, ids=identity)
def test_every_link_leads_to_a_file_that_is_committed(path: Path) -> None:
    committed = set(project_files())
    folders = {folder for file in committed for folder in file.parents}
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    targets = [link["target"].partition("#")[0] for link in LINK.finditer(text)]
    broken = [
        target
        for target in targets
        if target and "://" not in target and (path.parent / target).resolve() not in committed | folders
    ]

    assert [] == broken


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached = {ROOT / "README.md"}
    ahead = list(reached)
    while ahead:
        page = ahead.pop()
        for link in LINK.finditer(page.read_text(encoding="utf-8")):
            target = (page.parent / link["target"].partition("#")[0]).resolve()
            if target in PROSE and target not in reached:
                reached.add(target)
                ahead.append(target)

    assert [] == [identity(path) for path in DOCS_PAGES if path not in reached]


@pytest.mark.parametrize("typed", typed_commands(), ids=str)
def test_a_command_in_the_documentation_exists(typed: Typed, verbs: set[str]) -> None:
    program, *words = typed.words
    if program == "./dev":
        assert words
        assert words[0] in verbs
        if words[0] not in COMMANDS and words[0] != "trailbell":
            return
        words = words[words[0] == "trailbell" :]

    assert problem_with(tuple(words)) is None


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("statsu",), "No such command 'statsu'."),
        (("alarm", "shwo", "name"), "No such command 'shwo'."),
        (("alarm", "show"), "Missing argument 'NAME'."),
        (("serve", "--sorce", "folder"), "No such option"),
        (("events", "--limit", "many"), "Invalid value for '--limit'"),
        (("status", "--format", "xml"), "Invalid value for '--format'"),
        (("--help",), None),
        (("alarm", "show", "--help"), None),
        (("serve", "--source", "folder", "--notify", "-"), None),
    ],
)
def test_a_command_that_does_not_exist_is_noticed(words: tuple[str, ...], problem: str | None) -> None:
    found = problem_with(words)

    assert problem is None or (found is not None and problem in found)
    assert (problem is None) == (found is None)


def test_every_variable_in_the_documentation_exists() -> None:
    known = set(OUR_VARIABLES.findall(page_text("settings.md")))
    named = {name for path in PROSE for name in OUR_VARIABLES.findall(path.read_text(encoding="utf-8"))}

    assert named <= known
    assert {field.variable for field in SETTINGS} <= known


def test_every_path_in_the_documentation_has_a_route() -> None:
    routes = [re.compile(re.sub(r"\\{.*?\\}", "[^/]+", re.escape(route.path))) for route in ROUTES]
    asked = {
        (identity(path), found)
        for path in PROSE
        for found in re.findall(r"/api/v1/[\w{}/-]+", path.read_text(encoding="utf-8"))
    }

    assert asked
    assert [] == sorted(each for each in asked if not any(route.fullmatch(each[1]) for route in routes))
