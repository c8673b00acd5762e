#!/usr/bin/env python3
"""Writes connectome.graphml: a made-up nervous system of a small crawling animal.

Twelve touch receptors (channels), six in front and six behind, each half on the
left and half on the right; twenty interneurons, of which two pairs are hubs; two
motor neurons. Every synapse has a weight, a delay by the distance it spans (2 mm
a millisecond and 500 µs of its own), and a port:

  touch to interneurons, r    a receptor reaches those near it best
  interneurons among each other, c    neighbours and mirror images; hubs reach all
  interneurons to motor neurons, r
  command to hubs and motor neurons, c    what should be done: two channels, to be
                                          told while the animal learns

Run it to make the file again: python3 make_connectome.py > connectome.graphml
"""
import math
import random

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
<key id="population" for="node" attr.name="population" attr.type="string"/>
<key id="kind" for="node" attr.name="kind" attr.type="string"/>
<key id="label" for="node" attr.name="label" attr.type="string"/>
<key id="x" for="node" attr.name="x" attr.type="double"/>
<key id="y" for="node" attr.name="y" attr.type="double"/>
<key id="weight" for="edge" attr.name="weight" attr.type="double"/>
<key id="delay" for="edge" attr.name="delay" attr.type="int"/>
<key id="port" for="edge" attr.name="port" attr.type="string"/>
<key id="projection" for="edge" attr.name="projection" attr.type="string"/>
<graph edgedefault="directed">"""


def nodes():
    """Name, population, kind, and place [mm]: x from tail 0 to head 10."""
    for k in range(10):
        for side, y in (("L", 0.4), ("R", -0.4)):
            name = {3: "HB", 6: "HA"}.get(k, f"I{k + 1}") + side
            yield name, "inter", "neuron", 0.5 + k, y
    for name, x, y in (("FWD", 2, 0), ("BACK", 8, 0)):
        yield name, "motor", "neuron", x, y
    for part, start in (("front", 7.5), ("behind", 0.5)):
        for k in range(3):
            for side, y in (("L", 1), ("R", -1)):
                yield f"{part}{k + 1}{side}", "touch", "channel", start + k, y
    yield "forward", "command", "channel", 5, 0
    yield "backward", "command", "channel", 5, 0.1


def synapses(all_nodes, rng):
    """Source, target, weight, port, projection."""
    group = lambda p: [n for n in all_nodes if n[1] == p]
    far = lambda a, b: math.hypot(a[3] - b[3], a[4] - b[4])
    hub = lambda n: n[0].startswith("H")
    for n in group("touch"):
        for m in group("inter"):
            if rng.random() < 0.9 * math.exp(-far(n, m) / 3) + (0.3 if hub(m) else 0):
                yield n, m, rng.gauss(0, 0.5), "r", "touch"
    for n in group("inter"):
        for m in group("inter"):
            mirror = n[3] == m[3]
            if n is not m and (mirror or hub(n) or rng.random() < 0.6 * math.exp(-far(n, m) / 2)):
                yield n, m, rng.gauss(0.3, 0.2), "c", "between"
    for n in group("inter"):
        for m in group("motor"):
            if hub(n) or rng.random() < 0.5:
                yield n, m, rng.gauss(0, 0.2), "r", "drive"
    for n in group("command"):
        for m in group("inter"):
            if m[0].startswith("HA" if n[0] == "forward" else "HB"):
                yield n, m, 1, "c", "command"
        for m in group("motor"):
            if (m[0] == "FWD") == (n[0] == "forward"):
                yield n, m, 1, "c", "command"


def main():
    rng = random.Random(302)
    all_nodes = list(nodes())
    print(HEAD)
    for name, population, kind, x, y in all_nodes:
        print(f'<node id="{name}"><data key="population">{population}</data><data key="kind">{kind}</data>'
              f'<data key="label">{name}</data><data key="x">{x:g}</data><data key="y">{y:g}</data></node>')
    for n, m, weight, port, projection in synapses(all_nodes, rng):
        delay = 500 + round(500 * math.hypot(n[3] - m[3], n[4] - m[4]))
        print(f'<edge source="{n[0]}" target="{m[0]}"><data key="weight">{weight:.3f}</data><data key="delay">{delay}</data>'
              f'<data key="port">{port}</data><data key="projection">{projection}</data></edge>')
    print("</graph>\n</graphml>")


if __name__ == "__main__":
    main()
