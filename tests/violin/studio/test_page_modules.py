"""The page's modules import what other modules export, and use it. No browser is needed to see that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[3] / "violin" / "studio" / "page"
MODULES = sorted(PAGE.rglob("*.js"))
IMPORT = re.compile(r'^import \{ ([^}]+) \} from "([^"]+)";$', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:const|function|class) (\w+)", re.MULTILINE)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.relative_to(PAGE).as_posix())
def test_what_a_module_imports_is_exported_and_used(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    imports = IMPORT.findall(text)
    assert len(imports) == len(re.findall("^import ", text, re.MULTILINE))  # none in another form
    code = IMPORT.sub("", text)
    for names, place in imports:
        exported = EXPORT.findall((module.parent / place).read_text(encoding="utf-8"))
        for name in names.split(", "):
            assert name in exported, f"{place} exports no {name}"
            assert re.search(rf"\b{name}\b", code), f"{name} is not used"


def test_what_is_exported_is_imported_somewhere() -> None:
    texts = [module.read_text(encoding="utf-8") for module in MODULES]
    imported = {name for text in texts for names, _ in IMPORT.findall(text) for name in names.split(", ")}
    exported = {name for text in texts for name in EXPORT.findall(text)}
    assert exported - imported == set()
