"""Model and training configs of the composer: `tiny` (tests), `cpu`, `nested`, `planned` and
`std`.

A config is immutable and stored in every weight file and every run, so a model is always loaded
with its own shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any

from constraints.language.grammar import CHANNEL_SIZES
from constraints.language.plan_channels import PLAN_CHANNEL_SIZES
from violin.errors import SettingsError


@dataclass(frozen=True, slots=True)
class ModelConfig:
    """The shape of the transformer. `heads` query heads of `head_size` share one key and value
    head, which keeps the decoding cache `heads` times smaller."""

    dim: int
    depth: int
    heads: int
    head_size: int = 64
    feed_forward: int = 4  # inner width of the feed-forward layer, in multiples of dim
    max_tokens: int = 1536
    language: int = 1  # version of the token language, see `constraints.language.vocabulary`
    nested: bool = False  # a step of the trunk is an event (a BAR, a note), not a token
    plan: bool = False  # reads the channels of a plan, see `constraints.language.plan_channels`

    @property
    def channel_sizes(self) -> tuple[int, ...]:
        """The number of classes of each side channel that the network reads."""
        return CHANNEL_SIZES + (PLAN_CHANNEL_SIZES if self.plan else ())

    @property
    def rotary_size(self) -> int:
        """How many dimensions of a head are rotated: half, but at least 32 (or the whole head)."""
        return min(self.head_size, max(self.head_size // 2, 32))


@dataclass(frozen=True, slots=True)
class TrainingConfig:
    """How a model is trained. Task shares are probabilities; points in time are shares of the whole
    run."""

    tokens_per_step: int = 8192
    first_tokens_per_step: int = 8192  # steps grow from here to tokens_per_step over the run
    learning_rate: float = 1e-3  # of AdamW: embeddings, norms, biases, the output head
    matrix_learning_rate: float = 0.01  # of Muon: the matrices of the layers
    weight_decay: float = 0.02
    clip: float = 1.0
    warmup_steps: int = 150
    final_rate: float = 0.03  # of the peak, at the end of the cosine
    ema_decay: float = 0.998
    dropout: float = 0.1
    # the mix of tasks; the remainder to 1 is composing without an ending
    ends_share: float = 0.7
    span_share: float = 0.2
    composer_dropout: float = 0.12
    density_dropout: float = 0.5
    # weights of a token's loss by its part of the phrase; 0 in the header
    middle_weight: float = 1.0
    given_weight: float = 0.3
    last_bar_weight: float = 1.0  # the last middle bar before an ending
    texture_dropout: float = 0.3
    plan_dropout: float = 0.25  # no plan at all
    plan_field_dropout: float = 0.15  # a plan without chords, relations, density, register or cadence
    plan_bar_dropout: float = 0.1  # nothing of a bar
    # sampling: a composer's probability is proportional to its number of phrases to this power
    balance: float = 0.75
    balanced_from: float = 0.7  # share of the run after which the fine-tuning balance applies
    fine_balance: float = 0.5
    fine_other: float = 0.4  # factor on the weight of "other" in the fine-tuning


@dataclass(frozen=True, slots=True)
class Config:
    """A model config and its training config, with a name."""

    name: str
    model: ModelConfig
    training: TrainingConfig

    def tuned(
        self,
        rate: float = 1.0,
        balanced_from: float | None = None,
        dropout: float | None = None,
        step_tokens: tuple[int, int] | None = None,
    ) -> Config:
        """A copy with both learning rates multiplied by `rate`. Optional: another share of the run
        after which the fine-tuning balance applies, another dropout, and another number of tokens
        per step at the start and at the end of the run."""
        training = self.training
        first, last = step_tokens or (training.first_tokens_per_step, training.tokens_per_step)
        return replace(
            self,
            training=replace(
                training,
                learning_rate=training.learning_rate * rate,
                matrix_learning_rate=training.matrix_learning_rate * rate,
                balanced_from=training.balanced_from if balanced_from is None else balanced_from,
                dropout=training.dropout if dropout is None else dropout,
                first_tokens_per_step=first,
                tokens_per_step=last,
            ),
        )


CONFIGS: Mapping[str, Config] = {
    config.name: config
    for config in (
        Config(
            "tiny",
            ModelConfig(dim=32, depth=2, heads=2, head_size=32),
            TrainingConfig(
                tokens_per_step=1024,
                first_tokens_per_step=1024,
                warmup_steps=5,
                ema_decay=0.9,
                learning_rate=3e-3,
            ),
        ),
        # A run of an hour on two cores sees each phrase about twice, too rarely to memorise it.
        Config("cpu", ModelConfig(dim=256, depth=6, heads=4), TrainingConfig(dropout=0.0)),
        Config(
            "nested",
            ModelConfig(dim=256, depth=6, heads=4, language=2, nested=True),
            TrainingConfig(
                first_tokens_per_step=2048, tokens_per_step=4096, last_bar_weight=1.5, dropout=0.0
            ),
        ),
        # Follows a plan. It starts from a run of `nested`: --config planned --from RUN/best.safetensors
        Config(
            "planned",
            ModelConfig(dim=256, depth=6, heads=4, language=2, nested=True, plan=True),
            TrainingConfig(
                first_tokens_per_step=2048, tokens_per_step=4096, last_bar_weight=1.5, dropout=0.0
            ),
        ),
        Config(
            "std",
            ModelConfig(dim=384, depth=8, heads=6),
            TrainingConfig(
                tokens_per_step=16384,
                first_tokens_per_step=16384,
                learning_rate=8e-4,
                dropout=0.15,
                warmup_steps=300,
                ema_decay=0.999,
            ),
        ),
    )
}


def config_named(name: str) -> Config:
    """The config of that name. An unknown name raises SettingsError with the legal names."""
    if name not in CONFIGS:
        raise SettingsError(f"unknown config {name!r}; legal: {', '.join(CONFIGS)}")
    return CONFIGS[name]


def model_config_from(values: Mapping[str, Any]) -> ModelConfig:
    """The model config from a dict that `asdict` made. Missing newer fields get their defaults.

    Raises SettingsError with the names of unknown or missing fields.
    """
    known = {field.name: field for field in fields(ModelConfig)}
    missing = {name for name, field in known.items() if field.default is MISSING} - set(values)
    odd = sorted(missing | (set(values) - set(known)))
    if odd:
        raise SettingsError(f"a model config with unknown or missing fields: {', '.join(odd)}")
    flags = ("nested", "plan")
    numbers = {name: int(value) for name, value in values.items() if name not in flags}
    shape: dict[str, Any] = numbers | {name: bool(values.get(name, False)) for name in flags}
    return ModelConfig(**shape)


def as_dict(config: Config) -> dict[str, Any]:
    """A config as plain values, for JSON."""
    return asdict(config)
