"""Whether a text's colour can be told from the ground that it stands on."""

from functools import lru_cache

Colour = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
_LEAST_CONTRAST = 1.12


def hex_colour(text: str) -> Colour | None:
    """Read ``RRGGBB``; None for anything else."""
    try:
        return (int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)) if len(text) == 6 else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def is_alike(one: Colour, other: Colour) -> bool:
    """Whether nobody can tell two colours apart, by their contrast ratio (WCAG 2.2, 1.4.3)."""
    bright, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05) < _LEAST_CONTRAST and _distance(one, other) < 40


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(channel / 255) for channel in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _distance(one: Colour, other: Colour) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))
