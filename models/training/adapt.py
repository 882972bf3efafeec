"""Learns one new style from a few scores, with almost all weights of the trained network frozen.

    style = adapt(weights, digest, "mazas", phrases)
    save_style(Path("mazas.safetensors"), style)

The phrases are split by piece: about a fifth is held out. Training stops when the held-out phrases no
longer improve. `models.composer.style` lists the tuned weights. The style starts from the token of one of
the eight composers: the one with the fewest bits per note on the training phrases.
"""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn

from constraints.language.vocabulary import VOCABULARY
from data_prep.corpus.store import StoredPhrase
from models.composer.batch import Batch, batch_of
from models.composer.checkpoint import Weights
from models.composer.config import TrainingConfig
from models.composer.network import ComposerNetwork, network
from models.composer.style import EVERYWHERE, TOKEN, Style, tunable
from models.planning.codes import plan_codes
from models.training.dataset import task_batches
from models.training.losses import bits_per_note, token_losses
from models.training.plans import partial_plan
from models.training.tasks import Task, draw_task, encoded_length, validation_task
from violin.challenge import SLUGS
from violin.errors import CorpusError

HELD_OUT_SHARE = 0.2
_COMPARED_PHRASES = 16  # of the training phrases, to find the nearest composer
_VALIDATED_PHRASES = 64


@dataclass(frozen=True, slots=True)
class AdaptOptions:
    """minutes    the longest time of training; `clock` measures it in seconds
    patience   stop after this many validations in a row without a gain
    """

    minutes: float = 8.0
    learning_rate: float = 2e-3
    tokens_per_step: int = 2048
    warmup_steps: int = 10
    validate_every_steps: int = 20
    patience: int = 4
    seed: int = 1
    clock: Callable[[], float] = time.perf_counter


OnStep = Callable[[float, dict[str, float]], object]
"""Called with the finished share of the time, 0 to 1, and the newest figures."""


def split_by_piece(
    phrases: Sequence[StoredPhrase], share: float = HELD_OUT_SHARE, seed: int = 1
) -> tuple[list[StoredPhrase], list[StoredPhrase]]:
    """(training phrases, held-out phrases): whole pieces are held out until they have about `share` of all
    phrases. Overlapping windows are only for training. CorpusError if there are fewer than two pieces."""
    counts = Counter(stored.work_group for stored in phrases if not stored.training_only)
    if len(counts) < 2:
        raise CorpusError(f"{len(counts)} pieces with phrases; legal: two or more, since some are held out")
    order = np.random.default_rng(seed).permutation(sorted(counts))
    held: set[str] = set()
    for piece in order[:-1]:
        if sum(counts[each] for each in held) + counts[piece] / 2 <= share * counts.total() or not held:
            held.add(str(piece))
    return (
        [stored for stored in phrases if stored.work_group not in held],
        [stored for stored in phrases if stored.work_group in held and not stored.training_only],
    )


def adapt(
    weights: Weights,
    digest: str,
    name: str,
    phrases: Sequence[StoredPhrase],
    options: AdaptOptions | None = None,
    on_step: OnStep = lambda share, figures: None,
) -> Style:
    """The style of some phrases for the weights whose file has the sha256 `digest`.

    The held-out phrases decide when to stop and which step is kept; if no step is better than the original
    weights, the style changes nothing. CorpusError if there are too few pieces.
    """
    options = options or AdaptOptions()
    fitting = [stored for stored in phrases if encoded_length(stored.phrase) <= weights.config.max_tokens]
    train, held_out = split_by_piece(fitting, seed=options.seed)
    torch.manual_seed(options.seed)
    tuning = _Tuning(weights, train, held_out, options)
    best, before, after, steps = tuning.run(on_step, tuning.changes)
    facts = {
        "pieces": len({stored.work_group for stored in fitting}),
        "training_phrases": len(train),
        "held_out_phrases": len(held_out),
        "held_out_bits_per_note": [round(before, 4), round(after, 4)],
        "steps": steps,
    }
    return Style(name, tuning.nearest, digest, best, facts)


def train_all(
    weights: Weights,
    phrases: Sequence[StoredPhrase],
    options: AdaptOptions | None = None,
    on_step: OnStep = lambda share, figures: None,
) -> tuple[Weights, str]:
    """Train all weights on the phrases, for comparison with a style. Returns the weights and the slug whose
    token was used. The pieces, the tasks and the held-out phrases are those of `adapt`."""
    options = options or AdaptOptions()
    fitting = [stored for stored in phrases if encoded_length(stored.phrase) <= weights.config.max_tokens]
    torch.manual_seed(options.seed)
    tuning = _Tuning(weights, *split_by_piece(fitting, seed=options.seed), options, all_weights=True)
    tensors, *_ = tuning.run(on_step, tuning.tensors)
    return replace(weights, tensors=tensors), tuning.nearest


class _Tuning:
    """The network with its free parameters, and the tasks."""

    def __init__(
        self,
        weights: Weights,
        train: Sequence[StoredPhrase],
        held_out: Sequence[StoredPhrase],
        options: AdaptOptions,
        all_weights: bool = False,
    ) -> None:
        self._weights, self._options, self._train = weights, options, train
        self._random = np.random.default_rng(options.seed)
        self._training = TrainingConfig(composer_dropout=0.0, dropout=0.0)
        self._model = network(weights.config, weights.channel_sizes)
        self._model.load_plain_weights(weights.tensors)
        self._model.eval()
        self._before = self._model.plain_weights()
        self.nearest = self._nearest()
        self._validation = self._batches(held_out, _VALIDATED_PHRASES, self.nearest)
        self._free = (
            list(self._model.parameters())
            if all_weights
            else _set_free(self._model, VOCABULARY.composer(self.nearest))
        )

    def run(
        self, on_step: OnStep, result: Callable[[], dict[str, Tensor]]
    ) -> tuple[dict[str, Tensor], float, float, int]:
        """(the best step's `result`, held-out bits per note before and after, steps)."""
        options = self._options
        optimizer = torch.optim.Adam(self._free, lr=options.learning_rate, betas=(0.9, 0.97))
        before = best = self._held_out_bits()
        kept, kept_step = result(), 0
        begun, step, without_gain, share = options.clock(), 0, 0, 0.0
        while share < 1 and without_gain < options.patience:
            for group in optimizer.param_groups:
                group["lr"] = options.learning_rate * min(1.0, (step + 1) / options.warmup_steps)
            loss = self._one_step(optimizer)
            step += 1
            share = (options.clock() - begun) / (60 * options.minutes)
            figures = {"step": step, "loss": loss, "held_out_bits_per_note": best}
            if step % options.validate_every_steps == 0 or share >= 1:
                bits = self._held_out_bits()
                without_gain += 1
                if bits < best:
                    best, kept, kept_step, without_gain = bits, result(), step, 0
                figures["held_out_bits_per_note"] = best
            on_step(min(share, 1.0), figures)
        return kept, before, best, kept_step

    def _one_step(self, optimizer: torch.optim.Optimizer) -> float:
        batch = self._draw()
        losses = token_losses(self._model, batch)
        loss = (losses * batch.weights).sum() / batch.weights.sum()
        loss.backward()
        nn.utils.clip_grad_norm_(self._free, self._training.clip)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        return loss.item()

    def _draw(self) -> Batch:
        """A batch of the training mix, with the style's token throughout."""
        rows, tokens, config = [], 0, self._weights.config
        while tokens < self._options.tokens_per_step:
            stored = self._train[int(self._random.integers(len(self._train)))]
            task = draw_task(stored, self.nearest, self._training, self._random, config.language)
            if config.plan:
                codes = plan_codes(stored.phrase, task.beginning_bars, task.ending_bars, task.semitones)
                task = replace(task, plan=partial_plan(codes, self._training, self._random))
            rows.append(task.encoded())
            tokens += len(rows[-1])
        return batch_of(rows, self._training, config)

    def _nearest(self) -> str:
        """The slug whose token costs the fewest bits on some of the training phrases."""
        costs = {slug: self._bits(self._batches(self._train, _COMPARED_PHRASES, slug)) for slug in SLUGS}
        return min(SLUGS, key=costs.__getitem__)

    def _batches(self, phrases: Sequence[StoredPhrase], count: int, slug: str) -> list[Batch]:
        """Up to `count` of the phrases, the same in each call, in batches for validation."""
        random = np.random.default_rng(self._options.seed)
        chosen = random.permutation(len(phrases))[:count]
        config = self._weights.config
        tasks: list[Task] = [
            validation_task(phrases[index], slug, random, config.language) for index in chosen
        ]
        if config.plan:
            tasks = [task.with_own_plan() for task in tasks]
        return task_batches(tasks, self._training, config)

    def _held_out_bits(self) -> float:
        return self._bits(self._validation)

    def _bits(self, batches: list[Batch]) -> float:
        found = bits_per_note(self._model, batches, torch.device("cpu"))
        return found if math.isfinite(found) else math.inf

    def tensors(self) -> dict[str, Tensor]:
        """All weights as they are now."""
        return {name: tensor.clone() for name, tensor in self._model.plain_weights().items()}

    def changes(self) -> dict[str, Tensor]:
        """The differences from the original weights, as in `Style.changes`."""
        old, new = self._before, self._model.plain_weights()
        row = VOCABULARY.composer(self.nearest)
        changes = {name: new[name] - old[name] for name in tunable(self._weights)}
        changes[TOKEN] = new[TOKEN][row] - old[TOKEN][row]
        changes[EVERYWHERE] = new[EVERYWHERE][0] - old[EVERYWHERE][0]
        return {name: change.clone() for name, change in changes.items()}


def _set_free(model: ComposerNetwork, token: int) -> list[nn.Parameter]:
    """Freeze all except the biases and gains, the token's embedding and a vector at every place."""
    free = []
    for name, parameter in model.named_parameters():
        is_token, is_everywhere = name == "token_embedding.weight", name == "channel_embeddings.0.weight"
        parameter.requires_grad_(parameter.ndim == 1 or is_token or is_everywhere)
        if parameter.requires_grad:
            free.append(parameter)
        if is_token:
            mask = torch.zeros(len(parameter), 1)
            mask[token] = 1
            parameter.register_hook(lambda gradient, mask=mask: gradient * mask)
        elif is_everywhere:  # the same change of every row is a vector added at every place
            parameter.register_hook(lambda gradient: gradient.sum(0).repeat(len(gradient), 1))
    return free
