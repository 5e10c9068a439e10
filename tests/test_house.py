"""The house keeps its own rules: sizes, generated pages, words in the documents, nothing of a machine in the tree."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from portal.documentation import FOLDER, PAGES
from portal.environment import ENVIRONMENT
from portal.models import EnterpriseFacts, Membership
from portal.roles import Role

ROOT = Path(__file__).resolve().parent.parent
TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
).stdout.split()
FILES = [ROOT / name for name in TRACKED if (ROOT / name).is_file()]


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_no_file_is_too_long_to_be_seen() -> None:
    limits = {".py": 400, ".html": 150}
    long = {
        str(path.relative_to(ROOT)): _lines(path)
        for path in FILES
        if path.suffix in limits and "migrations" not in path.parts and _lines(path) > limits[path.suffix]
    }
    assert long == {}


def test_no_function_is_too_long_to_be_seen() -> None:
    long = []
    for path in FILES:
        if path.suffix == ".py" and "migrations" not in path.parts and "tests" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 40:
                    long.append(f"{path.name}:{node.name}")
    assert long == []


def test_every_module_and_public_function_says_what_it_is_for() -> None:
    silent = []
    for path in FILES:
        if path.suffix == ".py" and path.is_relative_to(ROOT / "portal") and "migrations" not in path.parts:
            tree = ast.parse(path.read_text("utf-8"))
            if not ast.get_docstring(tree) and path.read_text("utf-8").strip():
                silent.append(str(path))
            for node in tree.body:
                public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
                if public and not ast.get_docstring(node):
                    silent.append(f"{path.name}:{node.name}")
    assert silent == []


@pytest.mark.parametrize("name", sorted(PAGES))
def test_generated_pages_are_fresh(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == PAGES[name](), "run `manage.py write_docs`"


def test_operations_guide_names_every_variable() -> None:
    guide = (FOLDER / "operations.md").read_text("utf-8")
    assert {name for name in ENVIRONMENT if f"`{name}`" not in guide} == set()


def test_glossary_knows_every_role_and_the_words_of_the_model() -> None:
    glossary = (FOLDER / "glossary.md").read_text("utf-8")
    words = {f"`{role}`" for role in Role} | {"`Enterprise`", "`Registration`", "`Membership`", "`Unit`", "`City`"}
    assert {word for word in words if word not in glossary} == set()
    assert {role.label for role in Role if role.label not in glossary} == set()


def test_tree_holds_no_path_of_a_machine_and_no_second_way_around() -> None:
    found = []
    for path in FILES:
        if path.suffix in {".py", ".md", ".html", ".toml", ".yml", ".js", ".css", ""} and path.name != "test_house.py":
            text = path.read_text("utf-8", errors="ignore")
            if re.search(r"/(?:work|home|root|farm)/[A-Za-z0-9_.]", text):
                found.append(str(path.relative_to(ROOT)))
    assert found == []


def test_no_inline_script_or_style_in_templates() -> None:
    found = []
    for path in FILES:
        if path.suffix == ".html":
            text = path.read_text("utf-8")
            if re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", text):
                found.append(path.name)
    assert found == []


def test_only_services_and_machinery_write() -> None:
    """Views, forms, selectors and tasks call no writing method of a manager or a model."""
    writes = re.compile(r"\.objects\.(create|bulk_create|update_or_create|get_or_create)\(|\.save\(update|\.delete\(\)")
    allowed = {"tasks.py": 1, "account_forms.py": 1}  # the heartbeat; the name of a new account
    for part in ("views", "selectors", "forms.py", "tasks.py", "middleware.py", "adapters.py", "account_forms.py"):
        place = ROOT / "portal" / part
        for path in place.rglob("*.py") if place.is_dir() else [place]:
            assert len(writes.findall(path.read_text("utf-8"))) <= allowed.get(path.name, 0), path


def test_models_have_no_logic_in_save() -> None:
    for model in (Membership, EnterpriseFacts):
        assert "save" not in vars(model)


DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("**/*.md")]


@pytest.mark.parametrize("page", sorted(str(file.relative_to(ROOT)) for file in DOCUMENTS))
def test_what_a_document_links_to_is_there(page: str) -> None:
    text = re.sub(r"`[^`]*`", "", (ROOT / page).read_text("utf-8"))  # what stands in code is an example
    links = re.findall(r"\]\(([^)#\s]+)", text)
    missing = [link for link in links if "://" not in link and not (ROOT / page).parent.joinpath(link).exists()]
    assert missing == []


def test_every_picture_is_shown_somewhere() -> None:
    shown = {
        name for file in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
        for name in re.findall(r"([a-z0-9-]+\.png)\)", file.read_text("utf-8"))
    }  # fmt: skip
    kept = {file.name for folder in ("tour", "screenshots") for file in (ROOT / "docs" / folder).glob("*.png")}
    assert kept - shown == set()
