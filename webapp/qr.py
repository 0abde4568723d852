"""Draws an address as a QR code."""

from __future__ import annotations

import segno
from markupsafe import Markup


def qr_svg(address: str) -> Markup:
    """The address as a QR code, drawn as SVG."""
    drawn = segno.make(address, error="m").svg_inline(scale=3, border=2, svgclass=None, lineclass=None, omitsize=True)
    return Markup(drawn)  # segno's own drawing of an address of ours
