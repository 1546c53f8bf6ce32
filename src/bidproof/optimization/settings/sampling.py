"""Where to look next: random at first, then by a tree-structured Parzen estimator (Optuna).

Everything is kept in memory. A search that was killed is not read back but replayed:
the same seed and the same results give the same trials again.
"""

# Optuna's distributions are untyped in their choices.
# pyright: reportUnknownMemberType=false

import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bidproof.optimization.settings.halving import Standing
from bidproof.optimization.settings.space import Parameter, SearchSpace, Value

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial

_REPEATS = 25
_DRAWS = 1000
_ALL = 5000
Point = tuple[int, ...]


class Sampler:
    """Asks for points of a space and learns what they reached.

    Args:
        space: Where to look.
        first: The first point: the incumbent.
        seed: The same seed and the same answers give the same points.
        random_trials: Points drawn at random before the estimator takes over.
        has_cost: Whether cost is a second objective.
    """

    def __init__(
        self,
        space: SearchSpace,
        *,
        first: Mapping[str, Value],
        seed: int,
        random_trials: int,
        has_cost: bool,
    ) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space, self._has_cost, self._seed = space, has_cost, seed
        self._study = optuna.create_study(
            directions=["maximize", "minimize"] if has_cost else ["maximize"],
            sampler=optuna.samplers.TPESampler(seed=seed, n_startup_trials=random_trials),
        )
        self._distributions = {item.name: distribution(item) for item in space.parameters}
        self._told: dict[Point, tuple[bool, tuple[Standing, ...]]] = {}
        self._trial: Trial | None = None
        self._enqueue(tuple(item.choices.index(first[item.name]) for item in space.parameters))

    def ask(self) -> dict[str, Value] | None:
        """The next point, one that was not asked for before; None when there is none left."""
        if len(self._told) >= self._space.size:
            return None
        for _ in range(_REPEATS):
            self._trial = self._study.ask(self._distributions)
            known = self._told.get(self._point())
            if known is None:
                return self._values()
            self._tell(*known)  # the estimator wants it again: it gets the same answer, at no cost
        fresh = self._untried()
        if fresh is None:
            return None
        self._enqueue(fresh)
        self._trial = self._study.ask(self._distributions)
        return self._values()

    def tell(self, reached: Sequence[Standing], *, is_finished: bool) -> None:
        """Say what the last point reached, rung by rung; nothing where it could not run."""
        self._told[self._point()] = (is_finished, tuple(reached))
        self._tell(is_finished, tuple(reached))

    def _tell(self, is_finished: bool, reached: tuple[Standing, ...]) -> None:
        from optuna.trial import TrialState

        trial = self._asked()
        if not reached:
            self._study.tell(trial, state=TrialState.FAIL)
            return
        if not self._has_cost:
            for rung, standing in enumerate(reached):
                trial.report(standing.value, rung)
        if is_finished:
            last = reached[-1]
            self._study.tell(trial, (last.value, last.cost) if self._has_cost else last.value)
        else:
            self._study.tell(trial, state=TrialState.PRUNED)

    def _asked(self) -> "Trial":
        if self._trial is None:
            raise AssertionError("nothing was asked for")
        return self._trial

    def _point(self) -> Point:
        params = self._asked().params
        return tuple(int(params[name]) for name in self._space.names)

    def _values(self) -> dict[str, Value]:
        return {
            item.name: item.choices[at]
            for item, at in zip(self._space.parameters, self._point(), strict=True)
        }

    def _enqueue(self, point: Point) -> None:
        self._study.enqueue_trial(dict(zip(self._space.names, point, strict=True)))

    def _untried(self) -> Point | None:
        """A random point that was not tried; looked for one by one where the space is small."""
        chance = random.Random(f"{self._seed} {len(self._told)}")  # noqa: S311 - reproducible, no secret
        sizes = [len(item.choices) for item in self._space.parameters]
        if self._space.size <= _ALL:
            from itertools import product

            left = [point for point in product(*map(range, sizes)) if point not in self._told]
            return chance.choice(left) if left else None
        drawn = (tuple(chance.randrange(size) for size in sizes) for _ in range(_DRAWS))
        return next((point for point in drawn if point not in self._told), None)


def distribution(parameter: Parameter) -> "BaseDistribution":
    """Positions of a parameter's choices, near ones alike where they are ordered."""
    from optuna.distributions import CategoricalDistribution, IntDistribution

    last = len(parameter.choices) - 1
    if parameter.is_ordered:
        return IntDistribution(0, last)
    return CategoricalDistribution(tuple(range(last + 1)))
