"""Requests a second of the map, a search, an order's page and a bid, beside a one-line view: see rates.py."""

import importlib.util
import sys
import sysconfig
from pathlib import Path

if __name__ == "__main__":
    from rates import main

    sys.exit(main())

# Every command of this folder has the folder first on its path, so `import http` ends here: be the standard library's then.
_real = Path(sysconfig.get_path("stdlib")) / "http"
_spec = importlib.util.spec_from_file_location("http", _real / "__init__.py", submodule_search_locations=[str(_real)])
sys.modules["http"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sys.modules["http"])
