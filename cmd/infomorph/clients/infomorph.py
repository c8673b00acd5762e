"""Read result folders of Infomorph, start runs, watch and touch them, from Python.

To touch a run means to change it while it runs. This file needs only the standard
library; tables are returned as pandas.DataFrame and need pandas and numpy. Tables
are read from their CSV copies. If a folder has only Parquet files, they are read by
pandas if it can read them, otherwise through the program itself (infomorph export).

    import infomorph
    run = infomorph.run("memory-50", out="run")   # starts it and waits
    run = infomorph.Run("run")                     # or opens an existing folder
    run.summary["recall.clean.mean_overlap"]
    run.atoms(), run.weights("trained"), run.spikes(), run.provenance()

    with infomorph.live("memory-50", out="touched", paused=True) as live:
        live.step(20)                              # presentations
        live.touch({"lesion": {"fraction": "10%"}})  # an event of the scenario language
        live.go()
        for state in live.watch():
            print(state["time_us"], state["measures"])
        run = live.results()

Times are simulated microseconds (column time_us), information is in bits.
The program is infomorph on the PATH, or the one that the environment variable
INFOMORPH names.
"""
import html
import json
import os
import queue
import subprocess
import tempfile
import threading


def program():
    """The command that starts Infomorph."""
    return os.environ.get("INFOMORPH", "infomorph")


class Failed(RuntimeError):
    """The program ended with an error; code is its exit code, text its output."""

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
        import pandas as pd
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
        """How the run was made: scenario, configuration, seeds, versions, hashes."""
        return self._json("manifest.json")

    def atoms(self):
        """Atoms of each neuron over time [bit]."""
        return self.table("pid")

    def spikes(self):
        """Spikes: time_us, source, value; only if they were recorded (record.spikes)."""
        return self.table("spikes")

    def members(self):
        """All neurons and channels: id, kind, group, number, label, name."""
        return self.table("members")

    def presentations(self):
        """What was presented or recalled, and when: the table that the scenario writes."""
        for name in ("presentations", "items", "recall"):
            if name in self.tables():
                return self.table(name)
        raise KeyError("%s has no table of presentations; there are %s" % (self.path, ", ".join(self.tables())))

    def weights(self, name="trained"):
        """Weights by synapse: target, port, source, weight, delay_us."""
        return self.table("weights-" + name)

    def matrix(self, name="trained", port=None):
        """Weights as an array [source, target]: those of one port, or the sum over ports."""
        import numpy as np
        w = self.weights(name)
        if port is not None:
            w = w[w.port == port]
        n = int(max(w.source.max(), w.target.max())) + 1 if len(w) else 0
        out = np.zeros((n, n))
        np.add.at(out, (w.source.to_numpy(), w.target.to_numpy()), w.weight.to_numpy())
        return out


    def _repr_html_(self):
        rows = [(k, v) for k, v in sorted(self.summary.items())]
        return "<b>%s</b>%s" % (html.escape(self.path), _table(rows))


class Started:
    """A run that was started."""

    def __init__(self, command, out):
        self.command, self.out = command, out
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8")
        self._process = subprocess.Popen(command, stdout=self._log, stderr=self._log, stdin=subprocess.DEVNULL)

    def done(self):
        """Returns whether the run has ended."""
        return self._process.poll() is not None

    def stop(self):
        """Interrupts the run; its results so far are kept, and it can be resumed."""
        self._process.terminate()

    def wait(self, timeout=None):
        """Waits for the end and returns the Run, even if scores miss an expectation
        of the scenario (exit code 3)."""
        code = self._process.wait(timeout)
        self._log.seek(0)
        text = self._log.read()
        if code not in (0, 3):
            raise Failed(self.command, code, text)
        return Run(self.out)


def start(scenario, out, seed=None, settings=None, *more):
    """Starts a run. scenario is a file or the name of a built-in scenario, out the
    folder for the results; settings are by path, such as {"neuron.window": 64}."""
    command = [program(), "run", scenario, "--out", out, "--format", "csv", "--quiet"]
    if seed is not None:
        command += ["--seed", str(seed)]
    for key, value in (settings or {}).items():
        command += ["--set", "%s=%s" % (key, value if isinstance(value, str) else json.dumps(value))]
    return Started(command + list(more), out)


def run(scenario, out, seed=None, settings=None, *more):
    """Starts a run and waits for it."""
    return start(scenario, out, seed, settings, *more).wait()


class Refused(RuntimeError):
    """A command that was refused; the text says why."""


class Live:
    """A run that is watched and touched through infomorph serve --stdio. Touches
    happen between two presentations, at a simulated time, and become events of
    the scenario in the result folder: infomorph run with that file ends in the
    same state. A run that has not begun (paused=True) must make a step before it
    can be touched."""

    def __init__(self, scenario, out=None, seed=None, settings=None, paused=False, actors=""):
        self._process = subprocess.Popen([program(), "serve", "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=subprocess.DEVNULL, universal_newlines=True, bufsize=1)
        self._lock, self._number, self._waiting = threading.Lock(), 0, {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        order = {"scenario": scenario, "paused": paused, "actors": actors, "no_files": out is None, "out": out or "",
                 "set": ["%s=%s" % (k, v if isinstance(v, str) else json.dumps(v)) for k, v in (settings or {}).items()]}
        if seed is not None:
            order["seed"] = seed
        try:
            self._ask("run", **order)
        except Exception:
            self.close()
            raise

    def _read(self):
        for line in self._process.stdout:
            answer = json.loads(line)
            with self._lock:
                box = self._waiting.get(answer.get("id"))
            if box is not None:
                box.put(answer)
        with self._lock:
            for box in self._waiting.values():
                box.put(None)

    def _send(self, do, **more):
        box = queue.Queue()
        with self._lock:
            self._number += 1
            number = self._number
            self._waiting[number] = box
            try:
                self._process.stdin.write(json.dumps(dict(more, id=number, do=do)) + "\n")
                self._process.stdin.flush()
            except (BrokenPipeError, ValueError):
                box.put(None)
        return number, box

    def _ask(self, do, **more):
        number, box = self._send(do, **more)
        answer = box.get()
        with self._lock:
            self._waiting.pop(number, None)
        if answer is None:
            raise Refused("%s: the program has ended" % do)
        if not answer["ok"]:
            raise Refused("%s: %s" % (do, answer.get("error", "")))
        return answer

    def pause(self):
        """Holds the run between two presentations."""
        self._ask("pause")

    def go(self):
        """Lets the run go on."""
        self._ask("go")

    def step(self, n=1, unit="presentation"):
        """Lets n presentations (or epochs) happen, then holds the run."""
        self._ask("step", n=n, unit=unit)

    def speed(self, ratio=0):
        """Sets the simulated time per real time; 0 is as fast as possible."""
        self._ask("speed", speed=ratio)

    def touch(self, event=None, **more):
        """Makes an event of the scenario language without a trigger happen, such as
        {"goal": {"red": 1}} or silent=True, neurons="0-9". Waits until it has
        happened, and returns it with its time."""
        return self._ask("touch", event=dict(event or {}, **more))["event"]

    def checkpoint(self):
        """Saves the run."""
        self._ask("checkpoint")

    def undo(self):
        """Goes back to the last checkpoint, with the touches up to there."""
        self._ask("undo")

    def stop(self):
        """Ends the run; its results so far are kept, and it can be resumed."""
        self._ask("stop")

    def status(self):
        """The state of the run."""
        return self._ask("status")["status"]

    def scenario(self):
        """The scenario with all touches so far, as text."""
        return self._ask("scenario")["scenario"]

    def watch(self, every=0.2):
        """Yields the state of the run again and again until it is over."""
        number, box = self._send("watch", every_ms=int(1000 * every))
        while True:
            answer = box.get()
            if answer is None or "watch" not in answer:
                break
            state = dict(answer["watch"], measures=answer["measures"])
            yield state
            if state["over"]:
                break
        with self._lock:
            self._waiting.pop(number, None)

    def results(self):
        """Waits for the end; returns the Run, or its scores if it has no folder."""
        answer = self._ask("results")
        self.state_hash = answer.get("state_hash")
        return Run(answer["results"]) if answer.get("results") else answer.get("scores", {})

    def close(self):
        """Ends the program, and a run that is still in progress."""
        if self._process.poll() is None:
            self._process.stdin.close()
            self._process.wait()
        self._reader.join()
        self._process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _repr_html_(self):
        s = self.status()
        return _table([("simulated [s]", s["time_us"] / 1e6), ("phase", s["phase"]["name"]),
                       ("done", "%d of %d" % (s["phase"]["done"], s["phase"]["total"])), ("touches", s["touches"])])


def live(scenario, out=None, seed=None, settings=None, paused=False, actors=""):
    """Starts a run that can be watched and touched."""
    return Live(scenario, out, seed, settings, paused, actors)


def _table(rows):
    cells = "".join("<tr><td>%s</td><td>%s</td></tr>" % (html.escape(str(k)), html.escape("%.6g" % v if isinstance(v, float) else str(v))) for k, v in rows)
    return "<table>%s</table>" % cells


def _call(command):
    p = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)
    if p.returncode != 0:
        raise Failed(command, p.returncode, p.stdout)
    return p.stdout
