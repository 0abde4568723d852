"""Keys that live outside the database: sealing, signing and comparing, each with a key of its own purpose."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from market.errors import NotFound

ROOT_BYTES = 32


@dataclass(frozen=True)
class Keys:
    """The site's root key; whoever has only the database can neither open, sign nor recompute."""

    root: bytes = field(repr=False)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return hmac.digest(self.root, purpose.encode(), "sha256")

    def fingerprint(self, purpose: str, text: str) -> str:
        """An HMAC as 64 hex digits: equal texts are found without keeping the text."""
        return hmac.new(self.derived(purpose), text.encode(), hashlib.sha256).hexdigest()

    def seal(self, purpose: str, value: Any) -> bytes:
        """Encrypts a JSON value, authenticated (Fernet: AES-128-CBC with HMAC-SHA256)."""
        return self._box(purpose).encrypt(json.dumps(value, ensure_ascii=False).encode())

    def unseal(self, purpose: str, sealed: bytes) -> Any:
        """The value that was sealed for this purpose; NotFound where it was not, or was changed."""
        try:
            return json.loads(self._box(purpose).decrypt(bytes(sealed)))
        except InvalidToken:
            raise NotFound("sealed") from None

    def signed(self, purpose: str, text: str) -> str:
        """A text with its signature, fit for a link: text.signature."""
        return f"{text}.{self.fingerprint(purpose, text)}"

    def checked(self, purpose: str, token: str) -> str:
        """The text of a signed token; NotFound for a wrong signature."""
        text, _, signature = token.rpartition(".")
        if not hmac.compare_digest(self.fingerprint(purpose, text), signature):
            raise NotFound("link")
        return text

    def _box(self, purpose: str) -> Fernet:
        return Fernet(base64.urlsafe_b64encode(self.derived(purpose)))


def open_keys(path: Path) -> Keys:
    """The keys of a file, which is made (readable by its owner only) when missing; two starting processes get one key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{os.getpid()}")
    if not path.exists():
        fresh.touch(mode=0o600)
        fresh.write_bytes(os.urandom(ROOT_BYTES))
        try:
            os.link(fresh, path)  # atomic, and refuses where another process was first
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return Keys(path.read_bytes())
