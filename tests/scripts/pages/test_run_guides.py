"""The guides' commands are found, run and compared with what the pages print."""

from __future__ import annotations

from pathlib import Path

import pytest
import run_guides
from run_guides import Step, followed, matches, shortened, steps_of

PAGE = """# A page

```console
$ echo one > file
$ cat file
one
$ seq 5
1
...
5
```

```sh
exit 1
```

```console
$ cat file
two
```
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_blocks_run_in_one_folder_and_differences_are_reported(page: Path) -> None:
    text, differences = followed(page)
    assert differences == ["page.md: cat file: printed\n  one"]
    assert text == PAGE.replace("two", "one")


def test_an_ellipsis_keeps_the_lines_around_it() -> None:
    assert shortened(("a", "...", "z"), ["1", "2", "3", "4"]) == ["1", "...", "4"]
    assert shortened((), ["1"]) == ["1"]


def test_times_are_not_compared_but_other_numbers_are() -> None:
    assert matches(("24 files,  3.1 s",), ["24 files, 12 s"])
    assert not matches(("24 files, 3.1 s",), ["25 files, 3.1 s"])


def test_output_without_a_command_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with 'one'"):
        steps_of("one\n$ two\n")


def test_every_guide_has_commands_that_are_run() -> None:
    for path in run_guides.GUIDES.glob("*.md"):
        blocks = run_guides._BLOCK.findall(path.read_text(encoding="utf-8"))
        assert any(isinstance(step, Step) for block in blocks for step in steps_of(block)), path.name
