"""`tune_composer`: one round of preference tuning, as `violin train preferences` does it.

1. Compose several answers to the outer bars of training phrases, with the weights to be tuned.
2. Order the answers to each pair by the reward (`models.preferences.reward`).
3. Train on the best ones (RAFT) or on best against worst (DPO), beside human phrases.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor

from constraints.language.tokenizer import Encoded
from data_prep.corpus.store import PhraseStore, StoredPhrase
from models.composer.batch import batch_of
from models.composer.checkpoint import SHIPPED_WEIGHTS, Weights, load_weights
from models.composer.config import CONFIGS, Config, TrainingConfig
from models.composer.network import ComposerNetwork, network
from models.generation.model import ComposerModel, one_thread
from models.generation.sampling import SamplingOptions
from models.preferences.answers import kept_candidates
from models.preferences.batches import PreferenceBatch, PreferenceSource
from models.preferences.objectives import Objective, dpo_objective, raft_loss
from models.preferences.reward import Preferences, preference_table, preferences_of
from models.preferences.rows import answer_row
from models.reranking.candidates import Candidates, drawn_phrases
from models.training.dataset import BatchSource, task_batches, validation_phrases, validation_tasks
from models.training.losses import middle_nats, token_losses
from models.training.place import Budget
from models.training.tasks import encoded_length
from models.training.trainer import Run
from violin.errors import CorpusError
from violin.files import file_digest, write_text_whole

ANSWERS_NAME, TABLE_NAME = "answers.jsonl", "preferences.md"
_WARMUP_STEPS = 10
_MEASURED_ROWS = 16  # rows of one batch while the reference is measured

Method = Literal["raft", "dpo"]
OnStage = Callable[[str, int, int], object]


@dataclass(frozen=True, slots=True)
class PreferenceSettings:
    """How to tune.

    method     "raft": train on the best answers; "dpo": make the best answers likelier than the worst
    pairs      training phrases whose outer bars are answered
    answers    answers to each of them
    epochs     how often each pair is used
    rate       factor on the learning rates of the weights' config
    beta, tie  of DPO, see `models.preferences.objectives.dpo_objective`
    human_share   human phrases for each answer in a step
    """

    method: Method = "raft"
    pairs: int = 500
    answers: int = 8
    epochs: int = 1
    rate: float = 0.05
    beta: float = 0.1
    tie: float = 0.5
    human_share: int = 4
    seed: int = 1


@dataclass(frozen=True)
class Tuned:
    """The table of `preference_table` and the validation bits per note of the tuned weights."""

    table: str
    bits_per_note: float


def tune_composer(
    settings: PreferenceSettings,
    data: Path,
    folder: Path,
    weights: Path | None = None,
    on_stage: OnStage = lambda stage, done, total: None,
    save_every_seconds: float = 60.0,
) -> Tuned:
    """Tune weights (None: the shipped ones) on the training split of the store `data`.

    `folder` gets the files of a training run (`models.training.trainer.Run`; best.safetensors has the
    weights after the last step), the answers and the table. A second call with the same settings
    continues a stopped one. `on_stage` is called with the name of a stage, the finished part and the
    whole of its work.

    Raises CorpusError and WeightsError for files that cannot be read, and SettingsError if the folder holds
    another run.
    """
    store = PhraseStore.load(data)
    start = load_weights(weights)
    config = tuning_config(start, settings.rate)
    human = BatchSource(store, config.training, config.model, settings.seed)
    phrases = _phrases(store, settings, config.model.max_tokens)
    options = SamplingOptions(seed=settings.seed)
    made_by = {
        "weights": file_digest(weights or SHIPPED_WEIGHTS),
        "store": file_digest(data / "phrases.npz" if data.is_dir() else data),
        "pairs": len(phrases),
        "answers": settings.answers,
        "seed": settings.seed,
    }
    about = {**made_by, **asdict(settings), "tuned_from": _without_data(start.facts)}
    folder.mkdir(parents=True, exist_ok=True)
    with one_thread():
        candidates = kept_candidates(
            folder / ANSWERS_NAME,
            phrases,
            ComposerModel(start, "cpu"),
            settings.answers,
            options,
            made_by,
            lambda done: on_stage("composing", done, len(phrases)),
        )
    preferences = preferences_of(candidates, settings.seed)
    table = preference_table(candidates, preferences)
    write_text_whole(folder / TABLE_NAME, table + "\n")
    source = _source(candidates, preferences, human, start, settings, options, about)
    run = PreferenceRun(config, source, _validation(store, config), folder, settings, start)
    run.resume()
    best = run.train(
        validate_every_seconds=math.inf,  # the last weights are kept: bits per note are not the aim
        save_every_seconds=save_every_seconds,
        on_step=lambda share, figures: on_stage("tuning", run.step, run.budget.steps or 1),
    )
    return Tuned(table, best)


class PreferenceRun(Run):
    """A run over `PreferenceBatch`es with the loss of a method."""

    log_every_steps = 5

    def __init__(
        self,
        config: Config,
        source: PreferenceSource,
        validation: list[Any],
        folder: Path,
        settings: PreferenceSettings,
        start: Weights,
    ) -> None:
        steps = settings.epochs * source.steps_per_epoch
        super().__init__(config, source, validation, folder, Budget(steps), seed=settings.seed, start=start)
        raft = settings.method == "raft"
        self._objective: Objective = raft_loss if raft else dpo_objective(settings.beta, settings.tie)

    def _loss(self, losses_of: torch.nn.Module, batch: PreferenceBatch) -> Tensor:
        loss, self.step_figures = self._objective(losses_of, batch)
        return loss


def tuning_config(weights: Weights, rate: float) -> Config:
    """The config that the weights were trained with, at `rate` times its learning rates, without dropout and
    with a short warm-up."""
    name = str(weights.facts.get("config", ""))
    training = CONFIGS[name].training if name in CONFIGS else TrainingConfig()
    training = replace(training, dropout=0.0, warmup_steps=_WARMUP_STEPS)
    return Config(name or "own", weights.config, training).tuned(rate)


def _phrases(store: PhraseStore, settings: PreferenceSettings, max_tokens: int) -> list[StoredPhrase]:
    drawn = drawn_phrases(store, "train", settings.pairs, settings.seed)
    phrases = [stored for stored in drawn if encoded_length(stored.phrase) <= max_tokens]
    if len({stored.work_group for stored in phrases}) < 2:
        raise CorpusError("the store has phrases of fewer than two training works; legal: two or more, since "
                          "critics judge works that they were not fitted on")  # fmt: skip
    return phrases


def _source(
    candidates: Candidates,
    preferences: Preferences,
    human: BatchSource,
    start: Weights,
    settings: PreferenceSettings,
    options: SamplingOptions,
    about: Mapping[str, Any],
) -> PreferenceSource:
    def rows(chosen: Sequence[int]) -> list[Encoded]:
        return [
            answer_row(request, answers[index], options, start.config.language)
            for request, answers, index in zip(candidates.requests, candidates.answers, chosen, strict=True)
        ]

    best = rows(preferences.best.tolist())
    if settings.method == "raft":
        return PreferenceSource(human, best, settings.human_share, about=dict(about))
    worst = rows(preferences.worst.tolist())
    model = network(start.config)
    model.load_plain_weights(start.tensors)
    reference = log_likelihoods(model.eval(), best, human) - log_likelihoods(model, worst, human)
    return PreferenceSource(human, best, settings.human_share, worst, reference, dict(about))


@torch.no_grad()
def log_likelihoods(model: ComposerNetwork, rows: Sequence[Encoded], like: BatchSource) -> Tensor:
    """float32[n]: the log-probability of the middle of each row, in nats."""
    order = sorted(range(len(rows)), key=lambda index: len(rows[index]))
    found = torch.zeros(len(rows))
    for at in range(0, len(order), _MEASURED_ROWS):
        some = order[at : at + _MEASURED_ROWS]
        batch = batch_of([rows[index] for index in some], like.training, like.model)
        found[some] = -middle_nats(token_losses(model, batch), batch)
    return found


def _validation(store: PhraseStore, config: Config) -> list[Any]:
    phrases = validation_phrases(store, config.model)
    tasks = validation_tasks(phrases, language=config.model.language, plan=config.model.plan)
    return list(task_batches(tasks, config.training, config.model))


def _without_data(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if not isinstance(value, dict)}
