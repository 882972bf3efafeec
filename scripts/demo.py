"""The main job end to end on what the repository ships: `make demo`.

A rehearsal of the official datasets is cut from unseen works of music21's corpus, the generator's
and the judge's zips are built and verified, one phrase is judged with the reasons, and a short table is
printed. All files are written to --out.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

GENERATOR_ZIP, JUDGE_ZIP = "generator_output_final.zip", "judge_output_final.zip"
EXPLAINED = "composer1/001.mid"  # the phrase that is judged with the reasons


def violin(*arguments: str | Path) -> float:
    """Run one verb, echoed as a user would type it; returns the seconds, or ends the demo."""
    shown = " ".join(["violin", *map(str, arguments)])
    print(f"\n$ {shown}", flush=True)
    started = time.monotonic()
    done = subprocess.run([sys.executable, "-m", "violin", *map(str, arguments)], check=False)
    if done.returncode:
        sys.exit(f"demo: {shown!r} ended with exit code {done.returncode}")
    return time.monotonic() - started


def facts(archive: Path) -> dict[str, Any]:
    """The figures of the report beside an archive."""
    report = archive.with_name(f"{archive.stem}.report.json")
    found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))["facts"]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-composer", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("demo"))
    options = parser.parse_args()
    out: Path = options.out
    given, judged = out / "generator_evaluation_dataset.zip", out / "judge_evaluation_dataset_final.zip"
    generator, judge = out / GENERATOR_ZIP, out / JUDGE_ZIP
    seed = ("--seed", str(options.seed))
    cut = violin("rehearse", "--per-composer", str(options.per_composer), *seed, "--out", out)
    compose = violin("submit", "generator", given, *seed, "--out", generator)
    prove = violin("verify", generator, "--dataset", given)
    score = violin("submit", "judge", judged, "--key", out / "judge_key.json", "--out", judge)
    prove += violin("verify", judge, "--dataset", judged)
    with zipfile.ZipFile(judged) as dataset:
        violin("judge", dataset.extract(EXPLAINED, out), "--explain")
    made, scored = facts(generator), facts(judge)
    rows = [
        ("rehearsal: pairs and phrases to judge", 3 * made["files"], "", cut),
        (GENERATOR_ZIP, made["files"], made["errors"], compose),
        (JUDGE_ZIP, scored["files"], scored["files without a score"], score),
        ("proof of both", made["files"] + scored["files"], 0, prove),
    ]
    print(f"\n{'':38}{'files':>7}{'findings':>10}{'seconds':>9}")
    for name, files, findings, seconds in rows:
        print(f"{name:38}{files:>7}{findings:>10}{seconds:>9.1f}")
    print(f"\nmean HCS of {scored['human files']} human phrases    {scored['mean HCS of human phrases']:.3f}")
    print(
        f"mean HCS of {scored['machine files']} machine phrases  {scored['mean HCS of machine phrases']:.3f}"
    )
    print(f"official score of the judge       {scored['official score']:.3f}  (0 to 2; a constant has 1)")
    print(f"\nReports: {generator.with_suffix('')}.report.html, {judge.with_suffix('')}.report.html")


if __name__ == "__main__":
    main()
