"""The task: the CSMT-CCIC challenge as its organisers published it.

Where their pages are silent or contradict themselves, we chose:

* **Lowest pitch.** The pages say "G3 (note 43), the lowest pitch of the violin". The open G
  string is note 55 where middle C is 60, in every octave convention; 43 is the same letter an
  octave lower. We compose from 55; the linter's `lowest-pitch` setting lowers the limit to 43.
* **Length of an answer.** The samples give two bars side by side and no length; their baseline
  answers with 8 bars. So do we (`DEFAULT_BARS`), unless the file has a silent gap, which then
  gives the length, or the user gives `--bars`.
* **Names.** One sentence of the site names 100.mid to 200.mid, the tree 001 to 200: we follow the tree.
* **Judge archive.** Files at the root by default; a top folder is accepted when reading.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from unicodedata import normalize

from violin.music import Meter


@dataclass(frozen=True, slots=True)
class Composer:
    """One folder of the challenge. `number` is 1..8 in folder order; `slug` is used in code."""

    number: int
    slug: str
    name: str


COMPOSERS: tuple[Composer, ...] = (
    Composer(1, "bach", "J. S. Bach"),
    Composer(2, "mozart", "W. A. Mozart"),
    Composer(3, "beethoven", "L. van Beethoven"),
    Composer(4, "paganini", "N. Paganini"),
    Composer(5, "vivaldi", "A. Vivaldi"),
    Composer(6, "sarasate", "P. de Sarasate"),
    Composer(7, "szymanowski", "K. Szymanowski"),
    Composer(8, "saintsaens-prokofiev-sibelius", "C. Saint-Saëns, S. Prokofiev and J. Sibelius"),
)
SLUGS: tuple[str, ...] = tuple(composer.slug for composer in COMPOSERS)

METERS: tuple[Meter, ...] = (Meter(3, 4), Meter(4, 4))
MIN_BARS, MAX_BARS, DEFAULT_BARS = 8, 16, 8
MAX_VOICES = 4
VIOLIN_PROGRAM = 40  # from 0: General MIDI's program 41 of 128
OFFICIAL_LOWEST_PITCH = 43

FILES_PER_COMPOSER = 200
GENERATOR_ARCHIVES = {
    "preliminary": "generator_output_preliminary.zip",
    "final": "generator_output_final.zip",
}
JUDGE_ARCHIVES = {"preliminary": "judge_output_preliminary.zip", "final": "judge_output_final.zip"}
GENERATOR_DATASET = "generator_evaluation_dataset.zip"
JUDGE_DATASETS = {
    "preliminary": "judge_evaluation_dataset_preliminary.zip",
    "final": "judge_evaluation_dataset_final.zip",
}
SCORE_LINE_END = "\r\n"

_SCORE_LINE = re.compile(r"(?:0\.\d{3}|1\.000)\Z")


def composer_by_slug(slug: str) -> Composer:
    """The composer of that slug; KeyError names the eight legal ones.

    >>> composer_by_slug("vivaldi").name
    'A. Vivaldi'
    """
    for composer in COMPOSERS:
        if composer.slug == slug:
            return composer
    raise KeyError(f"unknown composer {slug!r}; legal: {', '.join(SLUGS)}")


def composer_named(text: str) -> Composer:
    """The composer that a person means: a slug, a full name, a surname (also one of several), or a folder.

    ValueError says what is legal and, if a name is nearly right, which one was meant.

    >>> composer_named("Bach").slug, composer_named("composer4").slug
    ('bach', 'paganini')
    >>> composer_named("Sibelius").slug
    'saintsaens-prokofiev-sibelius'
    >>> composer_named("vivladi")
    Traceback (most recent call last):
    ValueError: unknown composer 'vivladi'; did you mean vivaldi?
    """
    spelled: dict[str, Composer] = {}
    for composer in COMPOSERS:
        surnames = composer.slug.split("-")
        for name in (composer.slug, composer.name, folder_name(composer), *surnames):
            spelled[_letters(name)] = composer
    wanted = _letters(text)
    if wanted in spelled:
        return spelled[wanted]
    from difflib import get_close_matches  # only on the way to an error

    close = get_close_matches(wanted, spelled, n=1)
    hint = f"did you mean {spelled[close[0]].slug}?" if close else f"legal: {', '.join(SLUGS)}"
    raise ValueError(f"unknown composer {text!r}; {hint}")


def _letters(text: str) -> str:
    """A name without accents, signs and capitals."""
    plain = normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())


def folder_name(composer: Composer) -> str:
    return f"composer{composer.number}"


def phrase_file_name(number: int) -> str:
    """'001.mid' for 1: three digits, counted from 1."""
    return f"{number:03d}.mid"


def score_file_name(composer: Composer) -> str:
    return f"composer{composer.number}.txt"


def score_line(human_probability: float) -> str:
    """One line of a judge's file, without its line end: three decimals from 0.000 to 1.000.

    >>> score_line(0.25)
    '0.250'
    """
    if not 0.0 <= human_probability <= 1.0:
        raise ValueError(f"human probability {human_probability}; legal: 0 to 1")
    return f"{human_probability:.3f}"


def official_score(human_hcs: float, machine_hcs: float) -> float:
    """The organisers' score of a judge, 0 to 2: mean HCS of human phrases + mean (1 - HCS) of machine ones.

    >>> official_score(human_hcs=0.75, machine_hcs=0.25)
    1.5
    """
    return human_hcs + 1 - machine_hcs


def is_score_line(text: str) -> bool:
    """Whether a line (without CRLF) is written as the organisers ask.

    >>> is_score_line("0.250"), is_score_line("0.25")
    (True, False)
    """
    return _SCORE_LINE.match(text) is not None
