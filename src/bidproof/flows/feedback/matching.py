"""Find the answering job that a reviewed file came from."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from bidproof.core.errors import InvalidMapping, UnreadableFile, UnsureMapping, UserError
from bidproof.core.ids import QuestionId
from bidproof.core.next_steps import NextStep
from bidproof.core.records import Draft, Question, Questionnaire
from bidproof.flows.inspect import load_mapping
from bidproof.flows.requests.answering import FeedbackRequest
from bidproof.questionnaires.plan import shared_locations
from bidproof.questionnaires.read import read_questionnaire
from bidproof.questionnaires.read_back import read_back
from bidproof.runtime.outputs import unnumbered
from bidproof.runtime.session import Session
from bidproof.workspace.rows import Job, ReviewOutcome

_JOBS = 10_000
_LEAST_SHARED = 0.6
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The job, its drafts, the file as it came back, and the buyer's own where that is at hand."""

    job: Job
    drafts: Mapping[QuestionId, Draft]
    answered: Questionnaire
    original: Questionnaire | None

    @property
    def name(self) -> str:
        """Name of the buyer's file."""
        return _name(self.job) or PurePath(self.answered.path).name


def find_job(request: FeedbackRequest, *, session: Session) -> Matched:
    """Find the job whose drafts a file holds, and read the file.

    By number where one is given; else among the jobs of that questionnaire, or of the
    one whose answers were written to a file of this name; else among those with the same
    question ids. Of several runs of one questionnaire, the one is taken whose answers
    stand in the file most often, the latest of equals.

    Raises:
        UserError: None fits, or runs of several questionnaires do (``feedback-job``).
        UnreadableFile: The file cannot be read.
        UnsureMapping: Its layout is not clear, and the buyer's file is not at hand.
    """
    jobs = [job for job in session.workspace.jobs.recent(_JOBS) if job.kind == "answer"]
    original = _original(request.questionnaire, request.mapping)
    ways = _ways(request, jobs, original)
    if original is None and ways:
        original = _remembered(ways[0].jobs, request.mapping)
    answered = _read(request, original)
    fitting: dict[int, Mapping[QuestionId, Draft]] = {}
    for way in ways:
        for job in way.jobs:
            drafts = session.workspace.jobs.drafts(job.id)
            if _fits(drafts, answered, is_named=way.is_named):
                fitting[job.id] = drafts
        if fitting:
            break
    found = [job for job in jobs if job.id in fitting]
    if not found:
        raise _none(request, jobs)
    if len({_identity(job) for job in found}) > 1:
        raise _several(request, found)
    job = max(found, key=lambda item: (_agreement(fitting[item.id], answered), item.updated_at))
    if original is None:
        original = _remembered([job], request.mapping)
    return Matched(job=job, drafts=fitting[job.id], answered=answered, original=original)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Jobs that may be meant; ``is_named`` where the request says so, and ids only have to agree."""

    jobs: list[Job]
    is_named: bool = False


def _original(path: Path | None, mapping: Path | None) -> Questionnaire | None:
    return None if path is None else read_questionnaire(path, mapping=load_mapping(mapping))


def _ways(request: FeedbackRequest, jobs: Sequence[Job], original: Questionnaire | None) -> list[_Way]:
    """Which jobs to look at, the likeliest first."""
    if request.job_id is not None:
        return [_Way(jobs=[job for job in jobs if job.id == request.job_id], is_named=True)]
    if original is not None:
        same = [job for job in jobs if job.detail.get("content_hash") == original.content_hash]
        # Jobs of older versions know the name alone.
        name = PurePath(original.path).name
        same = same or [job for job in jobs if "content_hash" not in job.detail and _name(job) == name]
        return [_Way(jobs=same, is_named=True)]
    answered = request.answered.absolute()
    plain = unnumbered(answered)
    written = [job for job in jobs if job.detail.get("out") == str(answered)]
    written = written or [job for job in jobs if job.detail.get("out") == str(plain)]
    like = [job for job in jobs if _stem(job) and answered.stem.startswith(_stem(job))]
    longest = max((len(_stem(job)) for job in like), default=0)
    ways = [
        _Way(jobs=written, is_named=True),
        _Way(jobs=[job for job in jobs if _out(job) in (answered.name, plain.name)]),
        _Way(jobs=[job for job in like if len(_stem(job)) == longest]),
        _Way(jobs=list(jobs)),
    ]
    return [way for way in ways if way.jobs]


def _remembered(jobs: Sequence[Job], mapping: Path | None) -> Questionnaire | None:
    """The buyer's file of the jobs, where it still lies there unchanged."""
    if len({_identity(job) for job in jobs}) != 1 or "content_hash" not in jobs[0].detail:
        return None
    path = Path(str(jobs[0].detail.get("questionnaire", "")))
    try:
        found = read_questionnaire(path, mapping=load_mapping(mapping))
    except (UnreadableFile, UnsureMapping, InvalidMapping):
        return None
    return found if found.content_hash == jobs[0].detail["content_hash"] else None


def _read(request: FeedbackRequest, original: Questionnaire | None) -> Questionnaire:
    """Read the file with the layout of the buyer's own, or anew where that finds fewer of its questions."""
    mapping = load_mapping(request.mapping)
    if mapping is not None or original is None:
        return read_questionnaire(request.answered, mapping=mapping)
    wanted = {(question.id, question.text) for question in original.questions}

    def known(found: Questionnaire | None) -> int:
        return len(wanted & {(q.id, q.text) for q in found.questions}) if found else -1

    layout = json.loads(json.dumps(dict(original.layout)))
    by_layout = _try(request.answered, layout)
    if by_layout is not None and known(by_layout) == len(wanted):
        return by_layout
    afresh = _try(request.answered, None)
    if afresh is not None and afresh.layout.get("format") == "response":
        return _with_ids_of(original, afresh)
    best = max((by_layout, afresh), key=known)
    return best or read_questionnaire(request.answered)


def _with_ids_of(original: Questionnaire, response: Questionnaire) -> Questionnaire:
    """A response document prints numbers, which may repeat: its questions are those of the same words."""
    waiting: dict[str, list[Question]] = {}
    for question in original.questions:
        waiting.setdefault(" ".join(question.text.split()), []).append(question)
    questions: list[Question] = []
    for found in response.questions:
        same = waiting.get(" ".join(found.text.split()))
        if same:
            questions.append(replace(same.pop(0), slots=found.slots, location=found.location))
    return replace(response, questions=tuple(questions))


def _try(path: Path, mapping: Mapping[str, object] | None) -> Questionnaire | None:
    try:
        return read_questionnaire(path, mapping=mapping)
    except (UnsureMapping, InvalidMapping):
        return None


def _fits(drafts: Mapping[QuestionId, Draft], answered: Questionnaire, *, is_named: bool) -> bool:
    """Whether a job's questions are those of the file; one of them is enough where it was named."""
    shared = sum(question.id in drafts for question in answered.questions)
    least = 1 if is_named else _LEAST_SHARED * max(len(drafts), 1)
    return shared >= max(1, least)


def _agreement(drafts: Mapping[QuestionId, Draft], answered: Questionnaire) -> int:
    """Answers of a job that stand in the file as they were written."""
    shared = shared_locations(answered.questions)
    pairs = [(question, drafts[question.id]) for question in answered.questions if question.id in drafts]
    found = (read_back(question, draft, shared=shared) for question, draft in pairs)
    return sum(item.outcome is ReviewOutcome.ACCEPTED for item in found)


def _identity(job: Job) -> str:
    return str(job.detail.get("content_hash") or _name(job))


def _name(job: Job) -> str:
    return PurePath(str(job.detail.get("questionnaire", ""))).name


def _out(job: Job) -> str:
    return PurePath(str(job.detail.get("out", ""))).name


def _stem(job: Job) -> str:
    return PurePath(_name(job)).stem


def _none(request: FeedbackRequest, jobs: Sequence[Job]) -> UserError:
    found = f"{len(jobs)} answering jobs, of {_shown(jobs)}" if jobs else "no answering job in this workspace"
    return UserError(
        f"cannot import feedback from {request.answered.name!r}: found {found}, none of this file",
        hint=NextStep(
            "name the buyer's own file, or the workspace that answered it",
            options=("questionnaire", "workspace"),
        ),
        code="feedback-job",
    )


def _several(request: FeedbackRequest, jobs: Sequence[Job]) -> UserError:
    named = ", ".join(f"{job.id} ({_name(job)})" for job in jobs[:_SHOWN])
    return UserError(
        f"cannot import feedback from {request.answered.name!r}: found jobs of several questionnaires that"
        f" fit: {named}",
        hint=NextStep("name the buyer's own file, or the job", options=("questionnaire", "job")),
        code="feedback-job",
    )


def _shown(jobs: Sequence[Job]) -> str:
    names = list(dict.fromkeys(_name(job) for job in jobs))
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(repr, names[:_SHOWN])) + more
