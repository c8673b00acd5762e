"""Read result folders of Infomorph, and start runs, from Python.

A plain file: it needs pandas and numpy alone. Tables are read from their CSV
twins; a folder that has Parquet alone is read by pandas if it can, else through
the program itself (infomorph export).

    import infomorph
    run = infomorph.run("memory-50", out="run")   # starts it and waits
    run = infomorph.Run("run")                     # or opens what is there
    run.summary["recall.clean.mean_cosine"]
    run.atoms(), run.weights("trained"), run.spikes(), run.provenance()

Times are simulated microseconds (column time_us), information is in bits.
The program is the one called infomorph on the PATH, or what the environment
variable INFOMORPH names.
"""
import json
import os
import subprocess
import tempfile

import numpy as np
import pandas as pd


def program():
    """The command that starts Infomorph."""
    return os.environ.get("INFOMORPH", "infomorph")


class Failed(RuntimeError):
    """The program ended with an error; code is its exit code, text what it said."""

    def __init__(self, command, code, text):
        super().__init__("%s ended with code %d:\n%s" % (" ".join(command), code, text.strip()))
        self.code, self.text = code, text


class Folder:
    """A result folder: of a run, a sweep or a study."""

    def __init__(self, path):
        if not os.path.isdir(path):
            raise FileNotFoundError("%s: no result folder" % path)
        self.path = path

    def tables(self):
        """The names of the tables."""
        ends = (".csv", ".parquet")
        return sorted({os.path.splitext(f)[0] for f in os.listdir(self.path) if f.endswith(ends)})

    def table(self, name):
        """A table as a pandas.DataFrame."""
        base = os.path.join(self.path, name)
        if os.path.exists(base + ".csv"):
            return pd.read_csv(base + ".csv")
        if not os.path.exists(base + ".parquet"):
            raise KeyError("%s has no table %r; there are %s" % (self.path, name, ", ".join(self.tables())))
        try:
            return pd.read_parquet(base + ".parquet")
        except ImportError:  # no pyarrow
            with tempfile.TemporaryDirectory() as folder:
                _call([program(), "export", self.path, name, "--format", "csv", "--out", folder])
                return pd.read_csv(os.path.join(folder, name + ".csv"))

    def _json(self, name):
        with open(os.path.join(self.path, name), encoding="utf-8") as f:
            return json.load(f)


class Run(Folder):
    """The result folder of a run."""

    @property
    def summary(self):
        """Every score by its name."""
        return self._json("summary.json")

    def provenance(self):
        """What was run and by what: scenario, configuration, seeds, versions, hashes."""
        return self._json("manifest.json")

    def atoms(self):
        """Atoms of each neuron over time [bit]."""
        return self.table("pid")

    def spikes(self):
        """Spikes: time_us, source, value; they are there if record.spikes asks for them."""
        return self.table("spikes")

    def members(self):
        """Who has which number: id, kind, group, number, label, name."""
        return self.table("members")

    def presentations(self):
        """What was presented when, or recalled: the table that the scenario writes of it."""
        for name in ("presentations", "items", "recall"):
            if name in self.tables():
                return self.table(name)
        raise KeyError("%s has no table of presentations; there are %s" % (self.path, ", ".join(self.tables())))

    def weights(self, name="trained"):
        """Weights by synapse: target, port, source, weight, delay_us."""
        return self.table("weights-" + name)

    def matrix(self, name="trained", port=None):
        """Weights as an array [source, target], those of one port or of all added up."""
        w = self.weights(name)
        if port is not None:
            w = w[w.port == port]
        n = int(max(w.source.max(), w.target.max())) + 1 if len(w) else 0
        out = np.zeros((n, n))
        np.add.at(out, (w.source.to_numpy(), w.target.to_numpy()), w.weight.to_numpy())
        return out


class Started:
    """A run that was started."""

    def __init__(self, command, out):
        self.command, self.out = command, out
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8")
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL)

    def done(self):
        """Whether it has ended."""
        return self._process.poll() is not None

    def stop(self):
        """Interrupts it; what it has so far is kept and can be resumed."""
        self._process.terminate()

    def wait(self, timeout=None):
        """Waits for the end and returns the Run. Scores that miss an expectation
        of the scenario are results all the same (exit code 3)."""
        code = self._process.wait(timeout)
        self._log.seek(0)
        text = self._log.read()
        if code not in (0, 3):
            raise Failed(self.command, code, text)
        return Run(self.out)


def start(scenario, out, seed=None, settings=None, *more):
    """Starts a run: a scenario file or the name of a built-in one, the folder
    for its results, and settings by their paths, such as {"neuron.window": 64}."""
    command = [program(), "run", scenario, "--out", out, "--format", "csv", "--quiet"]
    if seed is not None:
        command += ["--seed", str(seed)]
    for key, value in (settings or {}).items():
        command += ["--set", "%s=%s" % (key, value if isinstance(value, str) else json.dumps(value))]
    return Started(command + list(more), out)


def run(scenario, out, seed=None, settings=None, *more):
    """Starts a run and waits for it."""
    return start(scenario, out, seed, settings, *more).wait()


def _call(command):
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if p.returncode != 0:
        raise Failed(command, p.returncode, p.stdout)
    return p.stdout
