"""The house rules about modules, each a function from a module's name and syntax tree to what breaks it.

Arrows: transforms <- expectations <- flows, and `data` is imported by nobody. Transforms know no file, clock, log,
chance, environment or scheduler. The disk alone gives, moves and removes names, and syncs; the lake's folder,
workspaces and store alone have one. The modules of the schedule alone know Prefect, and expectations alone know Great
Expectations.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("flows", "transforms", "expectations")
MOST_MODULE_LINES: Final = 300
MOST_FUNCTION_LINES: Final = 60

_BENEATH: Final = {
    "transforms": {"transforms"},
    "expectations": {"expectations", "transforms"},
    "flows": {"flows", "expectations", "transforms"},
}
_IMPURE_MODULES: Final = frozenset({
    "asyncio", "builtins", "contextvars", "ctypes", "duckdb", "fcntl", "getpass", "glob", "io", "locale", "logging",
    "multiprocessing", "os", "pathlib", "platform", "prefect", "random", "requests", "secrets", "shutil", "signal",
    "socket",
    "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request", "uuid", "warnings",
})  # fmt: skip
_IMPURE_CALLS: Final = frozenset({"open", "print", "input", "eval", "exec", "__import__", "breakpoint", "hash", "id"})
_CLOCKS: Final = frozenset({"now", "today", "utcnow", "fromtimestamp", "localtime", "getenv"})
_DISK: Final = "flows.lake.disk"
_DISK_OWNERS: Final = frozenset({"flows.lake.folder", "flows.lake.workspaces", "flows.lake.store"})
_DURABLE: Final = frozenset({
    "fdatasync", "fsync", "hardlink_to", "link", "move", "remove", "removedirs", "rename", "renames", "rmdir", "rmtree",
    "symlink", "symlink_to", "unlink",
})  # fmt: skip
_DISK_NAMES: Final = frozenset({"disk", "Disk"})
_WITH_HOOKS: Final = frozenset({"disk", "medium", "self"})
_PREFECT: Final = frozenset({
    "flows.artifacts", "flows.automations", "flows.nightly", "flows.schedule", "flows.serve",
    "flows.work.prefect_driver", "flows.work.prefect_progress",
})  # fmt: skip

Rule = Callable[[str, ast.Module], Iterator[str]]


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give line and dotted name of every import, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or "." * node.level
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def _is_in(name: str, modules: frozenset[str]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def arrows(module: str, tree: ast.Module) -> Iterator[str]:
    """Let a package import itself and those beneath it, and nobody data or tests."""
    beneath = _BENEATH[module.partition(".")[0]]
    ours = {*PACKAGES, "data", "tests"}
    for line, name in imports(tree):
        top = name.partition(".")[0]
        if (top in ours and top not in beneath) or not top:
            yield f"{module}:{line} imports {name}"


def purity(module: str, tree: ast.Module) -> Iterator[str]:
    """Let transforms be functions of their arguments: no file, clock, log, chance, environment or scheduler."""
    if not module.startswith("transforms"):
        return
    yield from (f"{module}:{line} imports {name}" for line, name in imports(tree) if _is_in(name, _IMPURE_MODULES))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _IMPURE_CALLS:
            yield f"{module}:{node.lineno} calls {node.func.id}"
        if isinstance(node, ast.Attribute) and node.attr in _CLOCKS:
            yield f"{module}:{node.lineno} reads {node.attr}"


def durability(module: str, tree: ast.Module) -> Iterator[str]:
    """Let the disk alone give, move and remove names, and sync; others may write into a workspace they were given.

    Whoever has a disk or a medium, or is one, may have it do so; a disk is for the lake's folder, workspaces and store.
    `replace` counts on anything but text, which takes two arguments.
    """
    if module == _DISK:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr
            is_path_replace = name == "replace" and len(node.args) == 1 and not node.keywords
            is_durable = name in _DURABLE or is_path_replace
            if is_durable and _name(node.func.value) not in _WITH_HOOKS:
                yield f"{module}:{node.lineno} calls {name}"
        if isinstance(node, ast.Name | ast.Attribute) and _name(node) in _DISK_NAMES and module not in _DISK_OWNERS:
            yield f"{module}:{node.lineno} reaches for the disk"
    for line, name in imports(tree):
        if name.rpartition(".")[2] in _DURABLE:
            yield f"{module}:{line} imports {name}"


def _name(node: ast.expr) -> str | None:
    """Give the last name of a dotted one."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else None


def scheduler(module: str, tree: ast.Module) -> Iterator[str]:
    """Let Prefect be known in the modules that are about it, and nowhere else."""
    if module not in _PREFECT:
        yield from (
            f"{module}:{line} imports {name}" for line, name in imports(tree) if _is_in(name, frozenset({"prefect"}))
        )


def auditor(module: str, tree: ast.Module) -> Iterator[str]:
    """Let Great Expectations be known inside expectations, and nowhere else."""
    if not module.startswith("expectations"):
        library = frozenset({"great_expectations"})
        yield from (f"{module}:{line} imports {name}" for line, name in imports(tree) if _is_in(name, library))


def size(module: str, tree: ast.Module) -> Iterator[str]:
    """Keep modules to 300 lines and functions to 60, their decorators not counted."""
    last = max((node.end_lineno or 0 for node in ast.walk(tree) if isinstance(node, ast.stmt)), default=0)
    if last > MOST_MODULE_LINES:
        yield f"{module} has {last} lines"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            if lines > MOST_FUNCTION_LINES:
                yield f"{module}:{node.lineno} {node.name} has {lines} lines"


RULES: Final[dict[str, Rule]] = {
    "arrows": arrows, "purity": purity, "durability": durability, "scheduler": scheduler, "auditor": auditor,
    "size": size,
}  # fmt: skip


def modules(root: Path) -> dict[str, str]:
    """Dotted name and source of every module of the three packages."""
    paths = sorted(path for package in PACKAGES for path in (root / package).rglob("*.py"))
    names = (".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__") for path in paths)
    return {name: path.read_text(encoding="utf-8") for name, path in zip(names, paths, strict=True)}


def violations(rule: str, sources: dict[str, str]) -> list[str]:
    """Give what breaks a rule, module by module."""
    return [broken for name, source in sources.items() for broken in RULES[rule](name, ast.parse(source))]
