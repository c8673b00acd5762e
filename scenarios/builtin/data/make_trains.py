#!/usr/bin/env python3
"""Writes trains.csv: spike trains of 12 made-up afferents under three odours.

Each train lasts 100 ms from its first spike on. Every odour drives four afferents
of its own strongly, from 15 ms on and fading away, and the next two weakly; all
have a background of 12 spikes a second. After a spike an afferent is silent for
2 ms. Columns: time [ms], channel, item, label.

Run it to make the file again: python3 make_trains.py > trains.csv
"""
import math
import random

ODOURS = ("geraniol", "limonene", "thymol")
TRAINS, CHANNELS, LENGTH = 120, 12, 100.0
STRONG, WEAK, BACKGROUND = 50, 35, 12  # spikes a second
REFRACTORY, ONSET, FADE = 2.0, 15.0, 60.0  # ms


def rate(odour, channel, t):
    """Spikes a millisecond."""
    drive = 0
    if t > ONSET:
        place = (channel - 4 * odour) % CHANNELS
        drive = STRONG if place < 4 else WEAK if place < 6 else 0
    return (BACKGROUND + drive * math.exp(-max(t - ONSET, 0) / FADE)) / 1000


def main():
    rng = random.Random(7)
    top = (STRONG + BACKGROUND) / 1000
    print("time,channel,item,label")
    for k in range(TRAINS):
        odour = k % len(ODOURS)
        spikes = []
        for channel in range(CHANNELS):
            t, last = 0.0, -REFRACTORY
            while (t := t + rng.expovariate(top)) < LENGTH:
                if t - last > REFRACTORY and rng.random() * top < rate(odour, channel, t):
                    spikes.append((t, channel))
                    last = t
        for t, channel in sorted(spikes):
            print(f"{t:.2f},{channel},t{k + 1:03d},{ODOURS[odour]}")


if __name__ == "__main__":
    main()
