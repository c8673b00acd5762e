#!/usr/bin/python3
"""Writes others/: small graphs as networkx, igraph, scipy, numpy and pandas store
them, and others.json with the nodes and synapses that each file means.

Run with Debian's python3-networkx, python3-igraph, python3-scipy and python3-pandas:
    /usr/bin/python3 make_others.py
"""
import json, os, random
import igraph, networkx as nx, numpy as np, pandas as pd, scipy.io, scipy.sparse as sp

os.makedirs("others", exist_ok=True)
means = {}


def directed():
    g = nx.DiGraph()
    g.add_weighted_edges_from([("a", "b", 2.5), ("b", "c", -1.0), ("c", "a", 0.125), ("b", "b", 3.0), ("a", "c", 1e-05)])
    g.add_node("z")
    return g


def undirected():
    g = nx.Graph()
    g.add_weighted_edges_from([("p", "q", 1.0), ("q", "r", 2.0), ("r", "r", 4.0)])
    return g


def multi():
    g = nx.MultiDiGraph()
    g.add_weighted_edges_from([("a", "b", 1.0), ("a", "b", 2.0), ("b", "a", 3.0)])
    return g


def numbers():
    r, g = random.Random(1), nx.DiGraph()
    g.add_nodes_from(range(7))
    for u in g:
        for v in g:
            if r.random() < 0.3:
                g.add_edge(u, v, weight=r.randint(1, 32) / 8)
    return g


def edges(g, weight=True):
    """The synapses of a graph: two for each undirected edge."""
    out = []
    for u, v, d in g.edges(data=True):
        w = float(d.get("weight", 1)) if weight else 1.0
        out.append([str(u), str(v), w])
        if not g.is_directed() and u != v:
            out.append([str(v), str(u), w])
    return sorted(out)


def note(name, g, weight=True, nodes=None, undirected=None):
    und = (not g.is_directed()) if undirected is None else undirected
    means[name] = {"nodes": sorted(map(str, g if nodes is None else nodes)), "edges": edges(g, weight), "undirected": und}
    return "others/" + name


def used(g):
    return [n for n in g if g.degree(n) > 0]


def by_networkx():
    for tag, g in (("directed", directed()), ("undirected", undirected()), ("multi", multi()), ("numbers", numbers())):
        nx.write_graphml_xml(g, note(f"nx-{tag}.graphml", g))
        nx.write_graphml_xml(g, note(f"nx-{tag}-types.graphml.gz", g), infer_numeric_types=True, named_key_ids=True)
        nx.write_gexf(g, note(f"nx-{tag}.gexf", g))
        nx.write_gexf(g, note(f"nx-{tag}-1.1.gexf", g), version="1.1draft")
        nx.write_gml(g, note(f"nx-{tag}.gml", g))
        nx.write_edgelist(g, note(f"nx-{tag}.edgelist", g, nodes=used(g), undirected=False) if g.is_directed() else note(f"nx-{tag}.edgelist", g.to_directed().__class__([(u, v, d) for u, v, d in g.edges(data=True)])))
        json.dump(nx.node_link_data(g), open(note(f"nx-{tag}-links.json", g), "w"))
        json.dump(nx.cytoscape_data(g), open(note(f"nx-{tag}-cytoscape.json", g), "w"))
        if tag != "multi":
            nx.write_weighted_edgelist(g, note(f"nx-{tag}.csv", nx.DiGraph(list(g.edges(data=True)))), delimiter=",")
            h = nx.DiGraph(list(g.edges()))
            h.add_nodes_from(g)
            nx.write_adjlist(g, note(f"nx-{tag}.adjlist", h, weight=False))
    g = directed()
    json.dump(nx.adjacency_data(g), open(note("nx-adjacency.json", g), "w"))
    json.dump(nx.to_dict_of_dicts(g), open(note("nx-dicts.json", g), "w"))
    json.dump(nx.to_dict_of_lists(g), open(note("nx-lists.json", g, weight=False), "w"))
    g = numbers()
    nx.write_pajek(g, note("nx-numbers.net", g))
    g = nx.MultiDiGraph(directed())
    nx.write_pajek(g, note("nx-names.net", g))


def by_igraph():
    g = directed()
    names = list(g)
    i = igraph.Graph(directed=True)
    i.add_vertices(names)
    i.add_edges(list(g.edges()))
    i.es["weight"] = [d["weight"] for _, _, d in g.edges(data=True)]
    at = {n: str(k) for k, n in enumerate(names)}
    numbered = nx.relabel_nodes(g, at)
    i.write_graphml(note("ig.graphml", nx.relabel_nodes(g, {n: "n" + at[n] for n in g})))
    i.vs["label"] = names
    i.write_gml(note("ig.gml", g))
    i.write_dot(note("ig.dot", numbered))
    i.vs["id"] = names
    i.write_pajek(note("ig.net", g))
    i.write_edgelist(note("ig.edgelist", nx.relabel_nodes(g, at), weight=False, nodes=[at[n] for n in used(g)]))
    i.write_ncol(note("ig.ncol", g, nodes=used(g)))


def by_scipy():
    g = numbers()
    a = nx.to_scipy_sparse_array(g, nodelist=range(7), dtype=float)
    for kind in ("csr", "csc", "coo"):
        sp.save_npz(note(f"sp-{kind}.npz", g), sp.__dict__[kind + "_matrix"](a))
    sp.save_npz(note("sp-stored.npz", g), sp.csr_matrix(a), compressed=False)
    scipy.io.mmwrite(note("sp.mtx", g), sp.coo_matrix(a), comment=" a comment\n of two lines")
    scipy.io.mmwrite(note("sp-pattern.mtx", g, weight=False), sp.coo_matrix(a), field="pattern")
    scipy.io.mmwrite(note("sp-dense.mtx", g), a.toarray())
    s = a + a.T
    h = nx.from_scipy_sparse_array(s)
    scipy.io.mmwrite(note("sp-symmetric.mtx", h), sp.coo_matrix(s), symmetry="symmetric")
    scipy.io.mmwrite(note("sp-symmetric-dense.mtx", h), s.toarray(), symmetry="symmetric")
    k = a - a.T
    scipy.io.mmwrite(note("sp-skew.mtx", nx.from_scipy_sparse_array(k, create_using=nx.DiGraph)), sp.coo_matrix(k), symmetry="skew-symmetric")


def by_numpy():
    g = numbers()
    a = nx.to_numpy_array(g, nodelist=range(7))
    np.save(note("np.npy", g), a)
    np.save(note("np-fortran.npy", g), np.asfortranarray(a))
    np.save(note("np-big.npy", g), a.astype(">f4"))
    np.save(note("np-half.npy", g), a.astype("f2"))
    np.save(note("np-bool.npy", g, weight=False), a != 0)
    np.savez(note("np.npz", g), matrix=a)
    np.savez_compressed(note("np-compressed.npz", g), matrix=a)
    h = nx.relabel_nodes(g, {i: f"n{i}" for i in g})
    np.savez(note("np-names.npz", h), names=np.array([f"n{i}" for i in g]), matrix=a)
    np.savetxt(note("np.matrix", g), a)
    np.savetxt(note("np.csv", g), a, delimiter=",", fmt="%.3f")


def by_pandas():
    g = directed()
    table = nx.to_pandas_edgelist(g)
    table.to_csv(note("pd-edges.csv", g, nodes=used(g)), index=False)
    table.to_csv(note("pd-index.csv", g, nodes=used(g)))
    table.to_csv(note("pd.tsv", g, nodes=used(g)), sep="\t", index=False)
    table.to_csv(note("pd-german.csv", g, nodes=used(g)), sep=";", decimal=",", index=False)
    table.to_csv(note("pd-utf16.csv", g, nodes=used(g)), index=False, encoding="utf-16")
    table.to_csv(note("pd-mark.csv.gz", g, nodes=used(g)), index=False, encoding="utf-8-sig")
    table.to_csv(note("pd-crlf.csv.bz2", g, nodes=used(g)), index=False, lineterminator="\r\n")
    table.to_csv(note("pd-quotes.csv", g, nodes=used(g)), index=False, quoting=1)
    table.to_json(note("pd-records.json", g, nodes=used(g)), orient="records")
    square = nx.to_pandas_adjacency(g)
    square.to_csv(note("pd-square.csv", g))
    square.to_csv(note("pd-square.matrix", g))
    square.to_csv(note("pd-head.csv", g), index=False)
    numbers_ = nx.to_pandas_adjacency(numbers(), nodelist=range(7))
    numbers_.index.name = "neuron"
    numbers_.to_csv(note("pd-corner.csv", numbers()))
    numbers_.to_csv(note("pd-corner.matrix", numbers()))


for by in (by_networkx, by_igraph, by_scipy, by_numpy, by_pandas):
    by()
with open("others.json", "w") as out:
    out.write("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}" for k, v in sorted(means.items())) + "\n}\n")
