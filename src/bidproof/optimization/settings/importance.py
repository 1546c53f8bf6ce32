"""Which settings matter: the share of the objective's variance that each explains (fANOVA).

Hutter, Hoos and Leyton-Brown 2014, as Optuna implements it. With a few dozen trials it
ranks; it does not measure. What a change is worth is said by ``ablation.py``.
"""

# Optuna's importance evaluators are untyped in their values.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from collections.abc import Sequence

from bidproof.optimization.settings.sampling import distribution
from bidproof.optimization.settings.space import SearchSpace
from bidproof.optimization.settings.trials import Importances, ParameterImportance, SearchTrial

LEAST_TRIALS = 8
_ENOUGH = 12


def parameter_importance(trials: Sequence[SearchTrial], space: SearchSpace, *, seed: int = 0) -> Importances:
    """Rank the parameters of a search, most important first.

    Only trials on the same cases can be held against each other: the largest rung is
    taken that twelve trials reached, or the smallest, which all did.

    Args:
        trials: Of one search.
        space: What was searched.
        seed: Of the forest.

    Returns:
        Nothing below eight trials, or where all reached the same.
    """
    rung = _rung(trials)
    reached = [trial for trial in trials if len(trial.rungs) > rung]
    values = [trial.rungs[rung].worst for trial in reached]
    varied = [item for item in space.parameters if len(item.choices) > 1]
    if len(reached) < LEAST_TRIALS or len(set(values)) < 2 or not varied:
        return Importances(trials=len(reached), cases=reached[0].rungs[rung].cases if reached else 0)
    import optuna
    from optuna.importance import FanovaImportanceEvaluator, get_param_importances

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(direction="maximize")
    for trial, value in zip(reached, values, strict=True):
        study.add_trial(
            optuna.create_trial(
                params={item.name: item.choices.index(trial.values[item.name]) for item in varied},
                distributions={item.name: distribution(item) for item in varied},
                value=value,
            )
        )
    found = get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=seed))
    shares = sorted(((name, float(share)) for name, share in found.items()), key=lambda pair: -pair[1])
    return Importances(
        parameters=tuple(ParameterImportance(name=name, share=share) for name, share in shares),
        trials=len(reached),
        cases=reached[0].rungs[rung].cases,
    )


def _rung(trials: Sequence[SearchTrial]) -> int:
    deepest = max((len(trial.rungs) for trial in trials), default=1)
    enough = [rung for rung in range(deepest) if sum(len(trial.rungs) > rung for trial in trials) >= _ENOUGH]
    return max(enough, default=0)
