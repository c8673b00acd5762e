"""Reads graph files with networkx or igraph and prints their edges as JSON, or
writes a graph of networkx.

usage: interop.py read FOLDER FORMAT...   read the files FOLDER/FORMAT
       interop.py write FOLDER FORMAT...  write them
"""
import io, json, sys
import networkx as nx
import numpy as np
import scipy.io


def read(kind, path):
    if kind == "graphml":
        return nx.read_graphml(path, force_multigraph=True)
    if kind == "gexf":
        return nx.read_gexf(path)
    if kind == "json":
        return nx.node_link_graph(json.load(open(path)))
    if kind in ("csv", "tsv"):
        lines = [l for l in open(path) if not l.startswith("#")][1:]
        columns = [("weight", float), ("delay", int), ("port", str), ("projection", str)]
        sep = "," if kind == "csv" else "\t"
        return nx.parse_edgelist(lines, delimiter=sep,
                                 create_using=nx.MultiDiGraph, data=columns[: lines[0].count(sep) - 1])
    if kind == "mtx":
        return nx.from_scipy_sparse_array(scipy.io.mmread(path).tocsr(), create_using=nx.DiGraph)
    if kind == "npy":
        return nx.from_numpy_array(np.load(path), create_using=nx.DiGraph)
    if kind == "igraph":
        import igraph
        g = igraph.Graph.Read_GraphML(path)
        h = nx.MultiDiGraph() if g.is_directed() else nx.MultiGraph()
        for v in g.vs:
            a = {k: x for k, x in v.attributes().items() if x == x}
            h.add_node(a.get("id", str(v.index)), **a)
        for e in g.es:
            h.add_edge(g.vs[e.source]["id"], g.vs[e.target]["id"], **e.attributes())
        return h
    raise SystemExit("unknown format " + kind)


def position(d):
    if "viz" in d:
        d = d["viz"].get("position", {})
    return [float(d[k]) for k in "xyz"] if "x" in d else None


def write(kind, path):
    g = nx.karate_club_graph()
    if kind == "graphml":
        nx.write_graphml(g, path)
    elif kind == "gexf":
        nx.write_gexf(g, path)
    elif kind == "json":
        json.dump(nx.node_link_data(g), open(path, "w"))
    elif kind in ("csv", "tsv"):
        nx.write_edgelist(g.to_directed(), path, delimiter="," if kind == "csv" else "\t", data=["weight"])
    elif kind == "mtx":
        scipy.io.mmwrite(open(path, "wb"), nx.to_scipy_sparse_array(g, dtype=float))
    elif kind == "npy":
        np.save(open(path, "wb"), nx.to_numpy_array(g))
    elif kind == "igraph":
        import igraph
        igraph.Graph.from_networkx(g).write_graphml(path)


def told(kind, path):
    g = read(kind, path)
    edges = sorted([int(u), int(v), float(d.get("weight", 1)), int(d.get("delay", 0)), str(d.get("port", ""))] for u, v, d in g.edges(data=True))
    positions = {int(n): position(d) for n, d in g.nodes(data=True)}
    return {"directed": g.is_directed(), "nodes": g.number_of_nodes(), "edges": edges,
            "positions": [positions[i] for i in sorted(positions)]}


verb, folder, kinds = sys.argv[1], sys.argv[2], sys.argv[3:]
if verb == "write":
    for kind in kinds:
        write(kind, folder + "/" + kind)
else:
    json.dump({kind: told(kind, folder + "/" + kind) for kind in kinds}, sys.stdout)
