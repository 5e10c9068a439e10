"""The pages of docs/ that are written from the code: workflow.md and permissions.md."""

from pathlib import Path

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from portal.roles import ROLES, Role
from portal.rooms import declared, merged
from portal.workflow import Workflow, permission

FOLDER = Path(__file__).resolve().parent.parent / "docs"
HEAD = "<!-- Written by `manage.py write_docs` from the code; a test fails when it is stale. -->\n"


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _in_words(predicate: str) -> str:
    """A predicate's name with "and", "or" and "not" for its operators; a bar would end the table's cell."""
    words = predicate.replace(" & ", " and ").replace(" | ", " or ").replace("~", "not ")
    return words[1:-1] if words.startswith("(") else words


def _diagram(workflow: Workflow) -> str:
    lines = [f"    {source} --> {t.target}: {t.action}" for t in workflow.transitions for source in t.sources]
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def _table(workflow: Workflow) -> str:
    rows = [
        f"| `{t.action}` | {t.label} | {'、'.join(workflow.states(s).label for s in t.sources)} | "
        f"{workflow.states(t.target).label} | "
        f"{'; '.join(_first_line(g.__doc__) for g in t.guards) or '—'} | `{permission(workflow, t.action)}` |"
        for t in workflow.transitions
    ]
    head = "| action | 中文 | from | to | conditions | permission |\n|---|---|---|---|---|---|"
    return "\n".join([head, *rows])


def workflow_page() -> str:
    """docs/workflow.md: every edge of every workflow, drawn and tabled."""
    workflows = [workflow for table in declared("transitions", "WORKFLOWS") for workflow in table]
    parts = [f"## {w.name}\n\n{_diagram(w)}\n\n{_table(w)}\n" for w in workflows]
    text = "Only `move()` writes a state, and a trigger in the database refuses every edge that is not listed here.\n"
    return "\n".join([HEAD, "# Workflows\n", text, *parts])


def permissions_page() -> str:
    """docs/permissions.md: who may do what, and whom each role appoints."""
    permissions = sorted(merged("rules", "PERMISSIONS").items())
    rules = [f"| `{name}` | {_in_words(predicate.name)} |" for name, predicate in permissions]
    roles = [
        f"| `{role}` | {role.label} | {ROLES[role].level.label} | {'yes' if role.needs_second_factor else 'no'} | "
        f"{'、'.join(r.label for r in ROLES[role].appoints) or '—'} |"
        for role in Role
    ]
    return "\n".join(
        [
            HEAD,
            "# Permissions\n",
            "The predicates stand in each app's `rules.py`, each with its sentence.\n",
            "| permission | holds when |\n|---|---|",
            *rules,
            "\n## Roles\n",
            "| role | 中文 | stands at | second factor | appoints |\n|---|---|---|---|---|",
            *roles,
            "",
        ]
    )


def api_page() -> str:
    """docs/openapi.yaml: the public API."""
    return str(OpenApiYamlRenderer().render(SchemaGenerator().get_schema(public=True)).decode())


# File name and what goes into it.
PAGES = {"workflow.md": workflow_page, "permissions.md": permissions_page, "openapi.yaml": api_page}
