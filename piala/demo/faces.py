"""Faces for invented people: small drawings inside their own address, so that none is fetched."""

from random import Random
from typing import Final
from urllib.parse import quote

_GROUNDS: Final = ("f3d9b1", "e8c4a0", "cfe0c3", "c5d8e6", "ead1dc", "f2e2a8", "d9cfe8", "f5cfc0")
_SKINS: Final = ("f1c9a0", "e3b285", "d39b6a", "b97f50", "9a6440", "7c4d30")
_HAIRS: Final = ("20150f", "2d1c14", "3f281a", "4b2e1e", "17171c")
_CLOTHES: Final = ("a8452a", "3f758f", "4a7f52", "934a74", "c48a14", "55321a", "2f4858", "b56576")

_LONG: Final = "M12 41V22C12 12 17 7 24 7s12 5 12 15v19z"
_BUN: Final = "M13 24c0-10 5-15 11-15s11 5 11 15zM19 8a5 5 0 0 1 10 0z"
_SHORT: Final = "M13 23c0-9 4-15 11-15s11 6 11 15l-3-6c-5 1-12 0-14-3z"
_CROP: Final = "M13.5 20C14 12 18 8.5 24 8.5S34 12 34.5 20c-3-5-6-6-10.5-6s-7.5 1-10.5 6z"
_SCARF: Final = "M24 6C15 6 10.5 13 10.5 22S13 38 24 40c11-2 13.5-9 13.5-18S33 6 24 6z"


def face(chance: Random, *, woman: bool) -> str:
    """A `data:` address of an SVG portrait, about a kilobyte long."""
    ground, skin = chance.choice(_GROUNDS), chance.choice(_SKINS)
    hair, clothes = chance.choice(_HAIRS), chance.choice(_CLOTHES)
    parts = [
        f'<rect width="48" height="48" fill="#{ground}"/>',
    ]
    style = chance.random()
    behind, before = "", ""
    if woman and style < 0.45:
        behind = f'<path d="{_SCARF}" fill="#{chance.choice(_CLOTHES)}"/>'
    elif woman:
        shape = _LONG if style < 0.8 else _BUN
        behind = f'<path d="{shape}" fill="#{hair}"/>'
        before = (
            f'<path d="M14 20c5 0 9-3 11-7 2 4 5 6 9 7-1-7-5-10-10-10s-9 3-10 10z" fill="#{hair}"/>'
        )
    else:
        before = f'<path d="{_SHORT if style < 0.5 else _CROP}" fill="#{hair}"/>'
    parts += [
        f'<path d="M7 48c0-8 7-12 17-12s17 4 17 12z" fill="#{clothes}"/>',
        behind,
        f'<path d="M20 28h8v8c0 4-8 4-8 0z" fill="#{skin}"/>',
        f'<ellipse cx="24" cy="22" rx="9.5" ry="11" fill="#{skin}"/>',
        before,
        '<g fill="#2a1a12"><circle cx="20" cy="22" r="1.2"/><circle cx="28" cy="22" r="1.2"/></g>',
        '<path d="M20 27c2.5 2.5 5.5 2.5 8 0" fill="none" stroke="#7a3b2a" stroke-width="1.4"/>',
    ]
    if chance.random() < 0.25:
        parts.append(
            '<g fill="none" stroke="#2a1a12"><circle cx="20" cy="22" r="3.5"/>'
            '<circle cx="28" cy="22" r="3.5"/><path d="M23.5 22h1"/></g>'
        )
    return _address("".join(parts))


def _address(drawing: str) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">{drawing}</svg>'
    return "data:image/svg+xml," + quote(svg.replace('"', "'"), safe=" '=/:,.-()")
