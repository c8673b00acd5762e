"""Synaptic events per second of a simulation in Brian2's C++ (one thread, wall
time without the build): N neurons of fan-in 100, and delays of 1.5 ms.

FORM periodic: the network of BenchmarkDelivery without learning, in the form
that costs Brian2 least. Each neuron updates every 10 ms at a time of its own,
and does nothing in between.
FORM continuous: the usual form of stochastic neurons in Brian2. A potential
decays with 10 ms, and in each time step the neuron draws whether it fires, on
average every 10 ms.

usage: python3 brian_spiking.py N INTERVALS FORM
"""
import sys
import tempfile

import numpy as np
from brian2 import (NeuronGroup, Network, SpikeMonitor, Synapses, defaultclock,
                    device, ms, prefs, seed, set_device)

n, intervals, form = int(sys.argv[1]), max(10, int(sys.argv[2])), sys.argv[3]
fan, every = 100, 10
set_device("cpp_standalone", build_on_run=False)
prefs.devices.cpp_standalone.openmp_threads = 0
seed(1)
defaultclock.dt = 0.1 * ms  # the default

rng = np.random.default_rng(1)
if form == "periodic":
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
    neurons.phase = rng.integers(0, 100, n)
    on_pre = "total_post += w*(y_pre - was_pre)"
else:
    neurons = NeuronGroup(n, "dtotal/dt = -total/(10*ms) : 1", method="exact",
                          threshold="rand() < 0.02/(1 + exp(-total))", reset="")
    on_pre = "total_post += w"
synapses = Synapses(neurons, neurons, "w : 1", on_pre=on_pre, delay=1.5 * ms)
synapses.connect(i=rng.integers(0, n, n * fan), j=np.repeat(np.arange(n), fan))
synapses.w = rng.uniform(-0.1, 0.1, n * fan)
spikes = SpikeMonitor(neurons, record=False)
net = Network(neurons, synapses, spikes)


with tempfile.TemporaryDirectory() as folder:
    net.run(intervals * every * ms)
    device.build(directory=folder, run=False)
    device.run(folder, with_output=False, run_args=[])
    cpu = device._last_run_time  # of the simulation alone, one thread
    fired = int(spikes.num_spikes)
print(fired * fan / cpu)
