"""Synaptic events per second of a simulation in Brian2's C++ (one thread, wall
time without the build), on the network of BenchmarkDelivery without learning: N
neurons of fan-in 100, each updating every 10 ms at a time of its own, delays of
1.5 ms.

usage: python3 brian_spiking.py N INTERVALS
"""
import sys
import tempfile

import numpy as np
from brian2 import (NeuronGroup, Network, Synapses, defaultclock, device, ms,
                    prefs, seed, set_device)

n, intervals = int(sys.argv[1]), max(10, int(sys.argv[2]))
fan, every = 100, 10
set_device("cpp_standalone", build_on_run=False)
prefs.devices.cpp_standalone.openmp_threads = 0
seed(1)
defaultclock.dt = 0.1 * ms  # the default

# y tells ±1: the sum follows each change of what a source says.
neurons = NeuronGroup(n, """
    total : 1
    y : 1
    was : 1
    phase : integer (constant)
    """, threshold="(t_in_timesteps + phase) % 100 == 0", reset="""
    was = y
    y = 2*int(rand() < 1/(1 + exp(-total))) - 1
    """)
neurons.y = -1
rng = np.random.default_rng(1)
neurons.phase = rng.integers(0, 100, n)
synapses = Synapses(neurons, neurons, "w : 1", on_pre="total_post += w*(y_pre - was_pre)", delay=1.5 * ms)
synapses.connect(i=rng.integers(0, n, n * fan), j=np.repeat(np.arange(n), fan))
synapses.w = rng.uniform(-0.1, 0.1, n * fan)
net = Network(neurons, synapses)


with tempfile.TemporaryDirectory() as folder:
    net.run(intervals * every * ms)
    device.build(directory=folder, run=False)
    device.run(folder, with_output=False, run_args=[])
    cpu = device._last_run_time  # of the simulation alone, one thread
print(n * fan * intervals / cpu)
