#!/usr/bin/python3
"""Makes the three faces that the window embeds out of the Inter release.

    build.py FOLDER_WITH_INTER_OTF [OUT]

Two changes: the ten digits point at their tabular glyphs (Inter's plain digits are
proportional, and the toolkit has no switch for font features), and the character set is cut
to what European books need. Made from Inter 3.19 (Debian fonts-inter) with fontTools
4.38.
"""

import pathlib
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

FACES = ("Regular", "Medium", "SemiBold")

RANGES = (
    (0x0020, 0x007E),  # ASCII
    (0x00A0, 0x024F),  # Latin-1, Latin Extended A and B
    (0x02B0, 0x02DD),  # modifier letters
    (0x0300, 0x0328),  # combining marks
    (0x0370, 0x03FF),  # Greek
    (0x0400, 0x052F),  # Cyrillic
    (0x1E00, 0x1EFF),  # Latin Extended Additional
    (0x2000, 0x206F),  # punctuation
    (0x2070, 0x209C),  # raised and lowered figures
    (0x20A0, 0x20C0),  # currency signs
    (0x2100, 0x214F),  # letterlike signs
    (0x2150, 0x215F),  # fractions
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x2318, 0x2318),  # the command key
    (0x2325, 0x2326),  # option and delete keys
    (0x232B, 0x232B),  # backspace key
    (0x25A0, 0x25FF),  # geometric shapes
    (0x2713, 0x2717),  # ticks and crosses
    (0xFFFD, 0xFFFD),  # the replacement mark
)


def tabular(font):
    """Maps each digit's glyph to its tabular form, from the font's own tnum feature."""
    gsub = font["GSUB"].table
    pairs = {}
    for record in gsub.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for table in gsub.LookupList.Lookup[index].SubTable:
                table = getattr(table, "ExtSubTable", table)
                pairs.update(getattr(table, "mapping", {}))
    return pairs


def bake(font):
    """Points the ten digits at their tabular glyphs in every Unicode cmap."""
    pairs = tabular(font)
    for table in font["cmap"].tables:
        if not table.isUnicode():
            continue
        for digit in range(ord("0"), ord("9") + 1):
            glyph = table.cmap[digit]
            table.cmap[digit] = pairs.get(glyph, glyph)  # tables may share one map
    even(font)


def even(font):
    """Gives all ten digits the widest one's advance: Medium is off by 2 units of 2816."""
    glyphs = [font.getBestCmap()[digit] for digit in range(ord("0"), ord("9") + 1)]
    widths = font["hmtx"].metrics
    widest = max(widths[glyph][0] for glyph in glyphs)
    if any(widest - widths[glyph][0] > 4 for glyph in glyphs):
        raise SystemExit("the digits are not tabular")
    for glyph in glyphs:
        widths[glyph] = (widest, widths[glyph][1])


def build(source, target):
    font = TTFont(source, recalcTimestamp=False)
    bake(font)
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.desubroutinize = True
    options.hinting = False
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[u for first, last in RANGES for u in range(first, last + 1)])
    cutter.subset(font)
    font.save(target)


def main():
    folder = pathlib.Path(sys.argv[1])
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else pathlib.Path(__file__).parent
    for face in FACES:
        build(folder / f"Inter-{face}.otf", out / f"Inter-{face}.otf")


if __name__ == "__main__":
    main()
