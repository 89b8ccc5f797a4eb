"""Plots as SVG, without a library."""
import math
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 70, 120, 40, 50
COLOURS = ("#3465a4", "#cc5500", "#4e7a06", "#75507b", "#555753")


def nice_steps(most):
    """Where lines are drawn from 0 on: 5 to 10 of them, at round numbers."""
    raw = most / 6
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw)
    return [step * i for i in range(int(most / step) + 2)]


def lines(title, x_name, y_name, series):
    """
    Lines over an x axis that is logarithmic. Series: (name, [(x, y), ...]).
    """
    xs = sorted({x for _, points in series for x, _ in points})
    steps = nice_steps(max(y for _, points in series for _, y in points) or 1)
    low, high = math.log10(xs[0]), math.log10(xs[-1])

    def across(x):
        return LEFT + (WIDTH - LEFT - RIGHT) * ((math.log10(x) - low) / (high - low) if high > low else 0.5)

    def up(y):
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * y / steps[-1]

    svg = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
           'font-family="sans-serif" font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
           f'<text x="{LEFT}" y="22" font-size="15">{escape(title)}</text>']
    for y in steps:
        svg.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{up(y):.1f}" y2="{up(y):.1f}" stroke="#dddddd"/>')
        svg.append(f'<text x="{LEFT - 8}" y="{up(y) + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in xs:
        svg.append(f'<text x="{across(x):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:,}</text>')
    svg.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">{escape(x_name)}</text>')
    svg.append(f'<text transform="translate(18 {(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">'
               f'{escape(y_name)}</text>')
    for (name, points), colour in zip(series, COLOURS):
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in sorted(points))
        svg.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        svg += [f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        x, y = max(points)
        svg.append(f'<text x="{across(x) + 10:.1f}" y="{up(y) + 4:.1f}" fill="{colour}">{escape(name)}</text>')
    return "\n".join([*svg, "</svg>", ""])
