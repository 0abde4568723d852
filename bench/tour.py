"""The pictures of the README's tour, taken of a running site: python bench/tour.py http://127.0.0.1:8000"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HOME = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(HOME), str(HOME / "bench")]

from site_of import CHROMIUM  # noqa: E402

from market.demo.accounts import PASSWORD  # noqa: E402

PAGES = {
    "map": "/?service=高级人才寻访(猎头)&grade=A&card=district:闵行区", "park": "/parks/虹桥园",
    "institution": "/institutions/JGD045", "order": "/orders/DDD016", "search": "/search?q=需要招30名车规芯片验证工程师",
}
SIGNED_IN = {"desk": "/desk"}  # seen by the demo's enterprise
SIZES = {"1440": (1440, 1000), "390": (390, 844)}
COLOURS = 128


def main() -> None:
    """Writes docs/tour/PAGE-WIDTH.png."""
    address = sys.argv[1].rstrip("/")
    folder = HOME / "docs" / "tour"
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for width, (w, h) in SIZES.items():
            context = browser.new_context(viewport={"width": w, "height": h}, locale="zh-CN", has_touch=w < 500,
                                          is_mobile=w < 500)
            page = context.new_page()
            for name, path in {**PAGES, **SIGNED_IN}.items():
                if name in SIGNED_IN:
                    page.goto(address + "/sign-in")
                    page.fill("#email", "owner@demo.example")
                    page.fill("#password", PASSWORD)
                    page.click("main .btn-main")
                page.goto(address + path)
                page.wait_for_timeout(1500)
                picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
                picture.quantize(COLOURS, dither=Image.Dither.NONE).save(folder / f"{name}-{width}.png", optimize=True)
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
