"""The rules of the house, checked. Each rule is a function over source files, so that each is also shown to catch a breach."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PORTAL = PROJECT / "portal"
SOURCES = sorted(path for path in PORTAL.rglob("*.py"))
TEMPLATES = sorted((PROJECT / "templates").rglob("*.html"))
STYLES = sorted((PROJECT / "static").rglob("*.css")) + sorted((PROJECT / "static").rglob("*.js"))
MODULES_OF_ANY_FLOOR = {"models"}
ROOMS_WITH_SQL = re.compile(r"(queries|services)\w*$|models$")
LONGEST_FILE, LONGEST_VIEW = 400, 25

COMMIT_HOME = "portal/foundation/transaction.py"
CLOCK_HOME = "portal/foundation/clock.py"
STARTER = "portal/serving.py"
CASE_CHANGES = {"upper", "title", "capitalize", "swapcase"}
SHAPELESS_NAMES = {"utils", "util", "common", "helpers", "helper", "core", "manager", "misc"}


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def calls(tree: ast.AST):
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def commits_outside_home(name: str, source: str) -> list[str]:
    """Rule 3: one place commits."""
    if name == COMMIT_HOME:
        return []
    found = [node.lineno for node in calls(ast.parse(source)) if isinstance(node.func, ast.Attribute) and node.func.attr == "commit"]
    allowed = "portal/web/transactions.py"  # calls transaction.commit(), the one home
    return [] if name == allowed else [f"{name}:{line} commits" for line in found]


def reads_the_clock(name: str, source: str) -> list[str]:
    """Rule 9: only the clock reads the time. ``time.monotonic`` measures and tells no time of day."""
    if name == CLOCK_HOME:
        return []
    return [
        f"{name}:{node.lineno} reads the clock"
        for node in calls(ast.parse(source))
        if isinstance(node.func, ast.Attribute)
        and (
            (
                node.func.attr in {"now", "utcnow", "today"}
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id in {"datetime", "date"}
            )
            or (node.func.attr == "time" and isinstance(node.func.value, ast.Name) and node.func.value.id == "time")
        )
    ]


def reads_the_environment(name: str, source: str) -> list[str]:
    """Settings are read once, in config.py; only the program that starts servers takes a port besides."""
    if name == STARTER:
        return []
    return [
        f"{name}:{node.lineno} reads the environment"
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"} and ast.unparse(node.value) == "os")
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and {"environ", "getenv"} & {alias.name for alias in node.names})
    ]


def selects_outside_queries(name: str, source: str) -> list[str]:
    """Rooms: every select stands in queries (services may lock and look up); pages, rules and journeys have none."""
    stem = Path(name).stem
    in_domain = "/web/" not in name and "/journeys/" not in name
    if (
        "/foundation/" in name
        or "/demo/" in name
        or (in_domain and ROOMS_WITH_SQL.search(stem))
        or "/queries/" in name
        or "/services/" in name
    ):
        return []
    return [
        f"{name}:{node.lineno} selects"
        for node in calls(ast.parse(source))
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "select"
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in {"sa", "db"}
        )
        or (isinstance(node.func, ast.Name) and node.func.id == "select")
    ]


def imports_past_the_front_door(name: str, source: str) -> list[str]:
    """Rule 1: another domain is entered by its front door, or its models, of a room within it too."""
    parts = name.removesuffix(".py").split("/")
    own = parts[2] if parts[1] == "web" and len(parts) > 3 else parts[1]
    found = []
    for node in ast.walk(ast.parse(source)):
        modules = []
        if isinstance(node, ast.ImportFrom) and node.module:
            only_models = {alias.name for alias in node.names} <= MODULES_OF_ANY_FLOOR
            modules = [node.module] if node.module.count(".") >= 2 and not only_models else []
            if node.module.count(".") == 1:
                modules = [f"{node.module}.{alias.name}" for alias in node.names if is_room(node.module, alias.name)]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        found += [
            f"{name}:{node.lineno} enters {module} past its front door" for module in modules if is_past_the_door(module, own, parts[1])
        ]
    return found


def is_past_the_door(module: str, own: str, floor: str) -> bool:
    path = module.split(".")
    if path[0] != "portal" or len(path) < 3 or path[1] in {"foundation", "web"}:
        return False
    return (path[1] != own or floor == "web") and not MODULES_OF_ANY_FLOOR.intersection(path[2:])


def is_room(module: str, name: str) -> bool:
    return name in {"rules", "queries", "services"} or (PORTAL / module.split(".")[1] / f"{name}.py").exists()


def changes_case(name: str, source: str) -> list[str]:
    """Georgian has no capital letters: changing the case of text that may be Georgian prints boxes."""
    return [
        f"{name}:{node.lineno} calls {node.func.attr}()"
        for node in calls(ast.parse(source))
        if isinstance(node.func, ast.Attribute) and node.func.attr in CASE_CHANGES and not node.args
    ]


def is_too_long(name: str, source: str) -> list[str]:
    """Rule 12: size."""
    lines = source.count("\n")
    found = [f"{name} has {lines} lines"] if lines > LONGEST_FILE else []
    if "/web/" in name:
        views = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and is_view(node)]
        found += [
            f"{name}:{view.lineno} the view {view.name} is too long" for view in views if view.end_lineno - view.lineno >= LONGEST_VIEW
        ]
    return found


def is_view(node: ast.FunctionDef) -> bool:
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"get", "post", "route"}
        and isinstance(decorator.func.value, ast.Name)
        and decorator.func.value.id in {"pages", "bare"}
        for decorator in node.decorator_list
    )


def is_shapeless(name: str, _source: str) -> list[str]:
    """Rule 11: a module says what it holds."""
    return [f"{name} says nothing"] if SHAPELESS_NAMES.intersection(name.removesuffix(".py").split("/")) else []


def is_misnamed(name: str, source: str) -> list[str]:
    """Rule 11: ``get_`` raises, ``find_`` may return None; whoever reads the call knows."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef) and node.returns]
    found = [(function, ast.unparse(function.returns).endswith("None")) for function in functions]
    return [f"{name}:{one.lineno} {one.name} may return None" for one, empty in found if empty and one.name.startswith("get_")] + [
        f"{name}:{one.lineno} {one.name} always finds something" for one, empty in found if not empty and one.name.startswith("find_")
    ]


RULES = [
    commits_outside_home,
    reads_the_clock,
    reads_the_environment,
    selects_outside_queries,
    imports_past_the_front_door,
    changes_case,
    is_too_long,
    is_shapeless,
    is_misnamed,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_its_rule(rule):
    assert [breach for path in SOURCES for breach in rule(name_of(path), path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("rule", "name", "source"),
    [
        (commits_outside_home, "portal/courses/services.py", "db.session.commit()"),
        (reads_the_clock, "portal/courses/rules.py", "datetime.now(UTC)"),
        (reads_the_clock, "portal/courses/rules.py", "date.today()"),
        (reads_the_environment, "portal/foundation/jobs.py", "os.environ['PORT']"),
        (reads_the_environment, "portal/foundation/jobs.py", "from os import getenv"),
        (selects_outside_queries, "portal/web/courses/views.py", "sa.select(CourseRun)"),
        (selects_outside_queries, "portal/courses/rules.py", "select(CourseRun)"),
        (imports_past_the_front_door, "portal/enrolment/services.py", "from portal.courses.queries import get_run"),
        (imports_past_the_front_door, "portal/web/courses/views.py", "from portal.courses import services"),
        (changes_case, "portal/courses/rules.py", "title_ka.upper()"),
        (is_too_long, "portal/courses/rules.py", "a = 1\n" * 401),
        (is_too_long, "portal/web/courses/views.py", "@pages.get('/x')\ndef x():\n" + "    a = 1\n" * 30),
        (is_shapeless, "portal/courses/helpers.py", ""),
        (is_misnamed, "portal/courses/queries.py", "def get_run(code: str) -> CourseRun | None:\n    return None"),
        (is_misnamed, "portal/courses/queries.py", "def find_run(code: str) -> CourseRun:\n    return run"),
    ],
)
def test_each_rule_catches_its_breach(rule, name, source):
    assert rule(name, source)


FORBIDDEN_IN_TEMPLATES = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)|\son[a-z]+\s*="),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+false"),
    "a change of case": re.compile(r"\|\s*(upper|title|capitalize)\b|\.(upper|title|capitalize)\(\)"),
    "a foreign address": re.compile(r"(src|href)=[\"']https?://"),
}
FORBIDDEN_IN_STYLES = {
    "a change of case": re.compile(r"text-transform\s*:\s*(uppercase|capitalize|full)|small-caps|toUpperCase\(|toLocaleUpperCase\("),
    "a foreign address": re.compile(r"url\([\"']?https?://|@import"),
}


def breaches(patterns: dict[str, re.Pattern[str]], text: str) -> list[str]:
    return [what for what, pattern in patterns.items() if pattern.search(text)]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_keeps_the_rules(path):
    assert breaches(FORBIDDEN_IN_TEMPLATES, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_a_style_or_script_keeps_the_rules(path):
    assert breaches(FORBIDDEN_IN_STYLES, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        '<p style="x">',
        "<script>x</script>",
        "{{ x|safe }}",
        "{{ name|upper }}",
        '<button onclick="x">',
        '<img src="https://x.example/y.png">',
    ],
)
def test_a_breach_in_a_template_is_caught(text):
    assert breaches(FORBIDDEN_IN_TEMPLATES, text)


@pytest.mark.parametrize(
    "text", ["text-transform: uppercase", "font-variant: small-caps", "name.toUpperCase()", "url(https://x.example/f.woff2)"]
)
def test_a_breach_in_a_style_is_caught(text):
    assert breaches(FORBIDDEN_IN_STYLES, text)
