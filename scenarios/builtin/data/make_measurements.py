#!/usr/bin/env python3
"""Writes measurements.csv: body measures of three kinds of made-up beetles.

Two individuals of the same sex and kind differ by size, which all four lengths
share, and by noise of each. The kinds overlap: no single column tells them
apart, and neither do the first three without the place where a beetle was
found, which goes with its kind seven times in ten. Columns:

sample      name of the individual
site        where it was found: each site is one day's catch
elytra, thorax, antenna, leg    lengths [mm]
wet, open   the place: soil moisture from 0 to 1, share of open ground from 0 to 1
species     alder, birch or cedar

Run it to make the file again: python3 make_measurements.py > measurements.csv
"""
import random

MEANS = {  # elytra, thorax, antenna, leg
    "alder": (9.6, 4.1, 7.0, 5.2),
    "birch": (10.4, 4.3, 6.2, 5.6),
    "cedar": (10.0, 3.7, 6.6, 6.2),
}
PLACES = {"alder": (0.75, 0.25), "birch": (0.45, 0.45), "cedar": (0.25, 0.75)}
NOISE = (0.45, 0.22, 0.38, 0.30)
SITES, PER_SITE = 30, 20


def main():
    rng = random.Random(20)
    kinds = list(MEANS)
    print("sample,site,elytra,thorax,antenna,leg,wet,open,species")
    number = 0
    for site in range(SITES):
        home = kinds[site % len(kinds)]
        for _ in range(PER_SITE):
            kind = home if rng.random() < 0.55 else rng.choice(kinds)
            size = rng.gauss(1, 0.05)
            body = [m * size + rng.gauss(0, s) for m, s in zip(MEANS[kind], NOISE)]
            place = [min(max(v + rng.gauss(0, 0.12), 0), 1) for v in PLACES[home]]
            number += 1
            print(f"b{number:03d},site{site + 1:02d},"
                  + ",".join(f"{v:.2f}" for v in body + place) + f",{kind}")


if __name__ == "__main__":
    main()
