"""Settings of the linter: `setup.cfg [violin:lint]` or `violin.toml`, merged with the options.

    [violin:lint]                       # setup.cfg
    ignore = P005, N006
    severity = P003=error, C092=info
    per-file-ignores =
        drafts/*.mid: C, P006
    lowest-pitch = 43

    [lint]                              # violin.toml says the same with TOML's own lists
    ignore = ["P005", "N006"]
    severity = { P003 = "error" }
    per-file-ignores = { "drafts/*.mid" = ["C", "P006"] }
    lowest-pitch = 43

The nearest folder, from the working folder upwards, that holds either file is read; if it
holds both, violin.toml is read. An unknown key or an illegal value is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from violin.errors import SettingsError

PROFILES = ("submission", "prompt", "corpus")
SEVERITIES = ("off", "info", "warning", "error")
LOWEST_PITCHES = (43, 55)


@dataclass(frozen=True, slots=True)
class LintSettings:
    """What a project says about linting. Codes are not checked here: the rules know them. `rules_url` is
    the address of a copy of docs/rules.md; reports in SARIF link to it."""

    profile: str = "submission"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    lowest_pitch: int = 55
    max_file_bytes: int | None = None
    max_events: int | None = None
    max_tracks: int | None = None
    max_bars: int | None = None
    max_tick: int | None = None
    max_defects: int | None = None
    rules_url: str | None = None
    source: str = ""

    def limits(self) -> dict[str, int]:
        """The reader's limits that were set, by their names in `violin.smf.Limits`."""
        chosen = {
            "file_bytes": self.max_file_bytes,
            "events": self.max_events,
            "tracks": self.max_tracks,
            "bars": self.max_bars,
            "tick": self.max_tick,
            "defects": self.max_defects,
        }
        return {name: value for name, value in chosen.items() if value is not None}

    def text(self) -> str:
        """Every setting as a line `key = value`, as violin.toml has them, and where they come from."""
        lines = [f"# from {self.source}" if self.source else "# defaults: no violin.toml or setup.cfg found"]
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "source" or value is None:
                continue
            lines.append(f"{field.name.replace('_', '-')} = {_toml(value)}")
        return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    """A setting in TOML: a string, a number, a list of codes, or a table of pairs."""
    if isinstance(value, tuple):
        if value and isinstance(value[0], tuple):
            return "{ " + ", ".join(f"{_toml(key)} = {_toml(one)}" for key, one in value) + " }"
        return "[" + ", ".join(map(_toml, value)) + "]"
    return (
        str(value)
        if isinstance(value, int)
        else '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
    )


_KEYS = tuple(field.name.replace("_", "-") for field in fields(LintSettings) if field.name != "source")


def find_settings(folder: str | Path) -> LintSettings:
    """The settings of the nearest folder upwards that has any, or the defaults."""
    folder = Path(folder)
    for place in (folder, *folder.resolve().parents):
        toml, cfg = place / "violin.toml", place / "setup.cfg"
        if toml.is_file():
            return read_toml(toml)
        if cfg.is_file() and b"[violin:lint]" in cfg.read_bytes():
            return read_cfg(cfg)
    return LintSettings()


def read_settings(path: str | Path) -> LintSettings:
    """The settings in one named file: TOML by its suffix, else a setup.cfg."""
    path = Path(path)
    if path.suffix == ".toml":
        return read_toml(path)
    if b"[violin:lint]" not in path.read_bytes():
        raise SettingsError(f"{path}: no section [violin:lint]")
    return read_cfg(path)


def read_toml(path: str | Path) -> LintSettings:
    """The table [lint] of a violin.toml; SettingsError names file, key and what is legal."""
    path = Path(path)
    try:
        from importlib import import_module

        tomllib = import_module("tomllib")
    except ModuleNotFoundError as error:  # Python 3.10
        raise SettingsError(
            f"{path}: Python 3.10 cannot read TOML; write setup.cfg [violin:lint] instead"
        ) from error
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error
    for table in content:
        if table != "lint":
            raise SettingsError(f"{path}: unknown table [{table}]; legal: [lint]")
    table = content.get("lint", {})
    if not isinstance(table, Mapping):
        raise SettingsError(f"{path}: lint is {table!r}; legal: a table [lint]")
    return _settings(table, str(path))


def read_cfg(path: str | Path) -> LintSettings:
    """The section [violin:lint] of a setup.cfg; SettingsError names file, key and what is legal."""
    path = Path(path)
    import configparser

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text(encoding="utf-8"), source=str(path))
    except (configparser.Error, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: {str(error).splitlines()[0]}") from error
    raw: dict[str, Any] = dict(parser["violin:lint"])
    place = str(path)
    for key in ("select", "ignore"):
        if key in raw:
            raw[key] = _words(raw[key])
    if "severity" in raw:
        raw["severity"] = dict(_pairs(raw["severity"].replace(",", "\n"), "=", "severity", place))
    if "per-file-ignores" in raw:
        lines = _pairs(raw["per-file-ignores"], ":", "per-file-ignores", place)
        raw["per-file-ignores"] = {pattern: _words(codes) for pattern, codes in lines}
    for key in raw.keys() & _NUMBERS.keys():
        raw[key] = int(raw[key]) if raw[key].strip().lstrip("-").isdigit() else raw[key]
    return _settings(raw, place)


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _pairs(text: str, separator: str, key: str, place: str) -> list[tuple[str, str]]:
    pairs = []
    for line in filter(None, map(str.strip, text.splitlines())):
        left, found, right = line.partition(separator)
        if not found:
            raise SettingsError(f"{place}: {key}: {line!r} has no {separator!r}")
        pairs.append((left.strip(), right.strip()))
    return pairs


_NUMBERS = {
    "lowest-pitch": "43 or 55",
    "max-file-bytes": "1 or more",
    "max-events": "1 or more",
    "max-tracks": "1 or more",
    "max-bars": "1 or more",
    "max-tick": "1 or more",
    "max-defects": "1 or more",
}


def _settings(raw: Mapping[str, Any], place: str) -> LintSettings:
    values: dict[str, Any] = {"source": place}
    for key, value in raw.items():
        if key not in _KEYS:
            raise SettingsError(f"{place}: unknown key {key!r}; {_suggestion(key)}")
        values[key.replace("-", "_")] = _value(key, value, place)
    return LintSettings(**values)


def _value(key: str, value: Any, place: str) -> Any:
    def wrong(legal: str) -> SettingsError:
        return SettingsError(f"{place}: {key} = {value!r}; legal: {legal}")

    if key == "profile":
        if value not in PROFILES:
            raise wrong(", ".join(PROFILES))
        return value
    if key == "rules-url":
        if not isinstance(value, str) or not value.startswith(("http://", "https://")):
            raise wrong("an address that begins with http:// or https://")
        return value
    if key in ("select", "ignore"):
        return _codes(value, wrong("a list of codes"))
    if key == "severity":
        if not isinstance(value, Mapping) or any(level not in SEVERITIES for level in value.values()):
            raise wrong(f"a code with one of {', '.join(SEVERITIES)}")
        return tuple(value.items())
    if key == "per-file-ignores":
        error = wrong("a file pattern with a list of codes")
        if not isinstance(value, Mapping):
            raise error
        return tuple((pattern, _codes(codes, error)) for pattern, codes in value.items())
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise wrong(_NUMBERS[key])
    if key == "lowest-pitch" and value not in LOWEST_PITCHES:
        raise wrong(_NUMBERS[key])
    return value


def _codes(value: Any, error: SettingsError) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise error
    return tuple(value)


def _suggestion(key: str) -> str:
    from difflib import get_close_matches

    close = get_close_matches(key, _KEYS, n=1)
    return f"did you mean {close[0]!r}?" if close else f"legal: {', '.join(_KEYS)}"
