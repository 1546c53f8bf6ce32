"""What a fork server imports one time, so that a child which is to be killed starts at its work.

No workspace, model or connection is opened here: threads and locks would not survive the fork.
"""

from importlib import import_module

from bidproof.workspace.bootstrap import set_up_django

set_up_django()
for name in (
    "aiohttp",
    "lancedb",
    "onnxruntime",
    "pandas.api.types",
    "pyarrow.parquet",
    "scipy.stats",
    "tokenizers",
    "bidproof.answering.extractive",
    "bidproof.answering.generative",
    "bidproof.answering.program_schemas",
    "bidproof.evaluation.judging.matrix_judge",
    "bidproof.flows.answer",
    "bidproof.flows.evaluate",
    "bidproof.flows.ingest",
    "bidproof.flows.optimize.run",
    "bidproof.llm.endpoint",
    "bidproof.llm.gateway",
    "bidproof.llm.open",
    "bidproof.questionnaires.csv.writer",
    "bidproof.retrieval.lance_index",
    "bidproof.retrieval.minilm",
    "bidproof.routing.store",
    "bidproof.workspace.calls",
    "bidproof.workspace.documents",
    "bidproof.workspace.jobs",
    "bidproof.workspace.library",
    "bidproof.workspace.schema",
):
    import_module(name)
