#!/usr/bin/python3
"""Makes the table of core/io/xray_lines.cpp: energies of X-ray lines in eV from XrayDB (Debian: python3-xraydb), which
holds the tables of Elam, Ravel & Sieber, Radiat. Phys. Chem. 63, 121 (2002). Ka and La are the means of their two lines
weighted by intensity, as an EDS detector shows them; 0 where there is none. Run: xray_lines.py > table."""
import xraydb


def mean(lines, names):
    found = [lines[name] for name in names if name in lines and lines[name].intensity > 0]
    weight = sum(line.intensity for line in found)
    return round(sum(line.energy * line.intensity for line in found) / weight) if weight else 0


row = []
for z in range(1, 99):
    symbol = xraydb.atomic_symbol(z)
    lines = xraydb.xray_lines(symbol) if z > 2 else {}
    k = mean(lines, ["Ka1", "Ka2"]) or (mean(lines, ["Ka3"]) if z < 5 else 0)
    l = mean(lines, ["La1", "La2"]) if z >= 20 else 0
    m = mean(lines, ["Ma"]) if z >= 57 else 0
    row.append('{"%s", %d, %d, %d}' % (symbol, k, l, m))
    if len(row) == 4 or z == 98:
        print("    " + ", ".join(row) + ",")
        row = []
