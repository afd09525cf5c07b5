#!/usr/bin/python3
"""Turns the icons' strokes into filled outlines: drawn/*.svg to *.svg.

The toolkit neither scales nor recolours strokes, it fills paths. Every stroke becomes one closed
outline along its length and a disc at each end and corner, all wound the same way, so that the
non-zero rule joins them. Coordinates are absolute; paths use M, L, H, V, C and Z.
"""

import math
import pathlib
import re
import xml.etree.ElementTree as xml

WIDTH = 1.7
CORNER = math.radians(20)
STEPS = 14


def numbers(text):
    return [float(n) for n in re.findall(r"-?\d*\.?\d+", text)]


def curve(a, b, c, d):
    points = []
    for i in range(1, STEPS + 1):
        t = i / STEPS
        u = 1 - t
        points.append(tuple(
            u**3 * a[k] + 3 * u * u * t * b[k] + 3 * u * t * t * c[k] + t**3 * d[k]
            for k in (0, 1)))
    return points


def polylines(data):
    """Splits path data into lists of points, curves flattened."""
    lines, line = [], []
    for letter, rest in re.findall(r"([MLHVCZ])([^MLHVCZ]*)", data):
        n = numbers(rest)
        if letter == "M":
            line = [(n[0], n[1])]
            lines.append(line)
            n = n[2:]
            letter = "L"
        if letter == "L":
            line.extend(zip(n[::2], n[1::2]))
        elif letter == "H":
            line.extend((x, line[-1][1]) for x in n)
        elif letter == "V":
            line.extend((line[-1][0], y) for y in n)
        elif letter == "C":
            for i in range(0, len(n), 6):
                b, c, d = (n[i], n[i + 1]), (n[i + 2], n[i + 3]), (n[i + 4], n[i + 5])
                line.extend(curve(line[-1], b, c, d))
        elif letter == "Z" and line[0] != line[-1]:
            line.append(line[0])
    return lines


def ellipse(cx, cy, rx, ry):
    count = 48
    return [(cx + rx * math.cos(2 * math.pi * i / count),
             cy + ry * math.sin(2 * math.pi * i / count)) for i in range(count + 1)]


def box(x, y, w, h, r):
    points = []
    for cx, cy, start in ((x + w - r, y + r, -90), (x + w - r, y + h - r, 0),
                          (x + r, y + h - r, 90), (x + r, y + r, 180)):
        for i in range(7):
            angle = math.radians(start + 15 * i)
            points.append((cx + r * math.cos(angle), cy + r * math.sin(angle)))
    return points + points[:1]


def disc(p, r):
    x, y = p
    return (f"M{x - r:.2f} {y:.2f}A{r:.2f} {r:.2f} 0 1 1 {x + r:.2f} {y:.2f}"
            f"A{r:.2f} {r:.2f} 0 1 1 {x - r:.2f} {y:.2f}Z")


def outline(line, r):
    """Returns path data for one stroke of half width r."""
    line = [p for i, p in enumerate(line) if i == 0 or math.dist(p, line[i - 1]) > 1e-6]
    if len(line) == 1:
        return disc(line[0], r)
    angles = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in zip(line, line[1:])]
    discs, left, right = [line[0], line[-1]], [], []
    for i, p in enumerate(line):
        around = [angles[i - 1]] if i else []
        around += [angles[i]] if i < len(angles) else []
        if len(around) == 2:
            turn = (around[1] - around[0] + math.pi) % (2 * math.pi) - math.pi
            if abs(turn) > CORNER:
                discs.append(p)
            else:
                around = [around[0] + turn / 2]
        for angle in around:
            dx, dy = r * math.sin(angle), r * math.cos(angle)
            left.append((p[0] + dx, p[1] - dy))
            right.append((p[0] - dx, p[1] + dy))
    points = left + right[::-1]
    body = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"
    return body + "".join(disc(p, r) for p in discs)


def build(source, target):
    root = xml.parse(source).getroot()
    parts = []
    for node in root.iter():
        tag = node.tag.split("}")[-1]
        get = lambda name: float(node.get(name))
        lines = []
        if tag == "path":
            lines = polylines(node.get("d"))
        elif tag == "circle":
            lines = [ellipse(get("cx"), get("cy"), get("r"), get("r"))]
        elif tag == "ellipse":
            lines = [ellipse(get("cx"), get("cy"), get("rx"), get("ry"))]
        elif tag == "rect":
            lines = [box(get("x"), get("y"), get("width"), get("height"), get("rx"))]
        parts.extend(outline(line, WIDTH / 2) for line in lines)
    target.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'
        f'<path fill="currentColor" d="{"".join(parts)}"/></svg>\n')


def main():
    here = pathlib.Path(__file__).parent
    for source in sorted((here / "drawn").glob("*.svg")):
        if 'stroke="currentColor"' in source.read_text():
            build(source, here / source.name)
        else:
            (here / source.name).write_text(source.read_text())


if __name__ == "__main__":
    main()
