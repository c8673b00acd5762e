"""Straightforward NumPy version of the two-source sx decomposition and of the
batch gradient, timed. Prints one JSON object: nanoseconds per call and atoms.
Run by BenchmarkNumPy (go test -bench NumPy ./pid); reads a case from stdin:
{"shape": [n1, n2, nt], "p": [...]}."""

import json
import sys
import time

import numpy as np


def decompose(p):
    """Atoms unq_r, unq_c, red, syn [bit] of p[r, c, y], whole-array style."""
    pt = p.sum((0, 1))
    prt, pct = p.sum(1), p.sum(0)
    pr, pc, prc = prt.sum(1), pct.sum(1), p.sum(2)

    def mutual(joint, a):
        ok = joint > 0
        ratio = joint[ok] / (a[:, None] * pt[None, :])[ok]
        return np.sum(joint[ok] * np.log2(ratio))

    i1, i2 = mutual(prt, pr), mutual(pct, pc)
    i12 = mutual(p.reshape(-1, len(pt)), prc.reshape(-1))
    union_t = prt[:, None, :] + pct[None, :, :] - p
    union = pr[:, None] + pc[None, :] - prc
    ok = p > 0
    red = np.sum(p[ok] * np.log2((union_t / (union[:, :, None] * pt))[ok]))
    return [i1 - red, i2 - red, red, i12 - i1 - i2 + red]


def main():
    case = json.load(sys.stdin)
    p = np.array(case["p"]).reshape(case["shape"])
    atoms = decompose(p)
    best = float("inf")
    for _ in range(7):
        n = 200
        start = time.perf_counter_ns()
        for _ in range(n):
            decompose(p)
        best = min(best, (time.perf_counter_ns() - start) / n)
    print(json.dumps({"ns": best, "atoms": [float(a) for a in atoms], "numpy": np.__version__}))


main()
