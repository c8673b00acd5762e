#!/usr/bin/python3
"""Writes measures.json: graph measures by networkx, igraph and numpy.

Run with Debian's python3-networkx, python3-igraph and python3-scipy:
    /usr/bin/python3 make_fixtures.py > measures.json
"""
import json, math, random, sys
import igraph, networkx as nx, numpy as np


def numbered(g):
    g = nx.convert_node_labels_to_integers(g, ordering="sorted")
    h = nx.DiGraph() if g.is_directed() else nx.Graph()
    h.add_nodes_from(range(len(g)))
    for u, v, d in g.edges(data=True):
        h.add_edge(u, v, weight=float(d.get("weight", 1)))
    return h


def weighted(g, seed):
    r = random.Random(seed)
    for u, v in g.edges():
        g[u][v]["weight"] = r.randint(1, 32) / 8
    return g


def graphs():
    yield "karate (Zachary 1977)", nx.karate_club_graph()
    yield "les miserables (Knuth 1993)", nx.les_miserables_graph()
    yield "florentine families (Breiger, Pattison 1986)", nx.florentine_families_graph()
    yield "davis southern women (1941)", nx.davis_southern_women_graph()
    yield "watts-strogatz", nx.watts_strogatz_graph(60, 6, 0.2, seed=1)
    yield "barabasi-albert", weighted(nx.barabasi_albert_graph(80, 3, seed=2), 2)
    yield "directed weighted", weighted(nx.gnp_random_graph(50, 0.12, seed=3, directed=True), 3)
    yield "directed scale-free", weighted(nx.DiGraph(nx.scale_free_graph(70, seed=4)), 4)
    yield "directed sparse, many components", weighted(nx.gnp_random_graph(60, 0.02, seed=5, directed=True), 5)
    yield "directed ring with chords", nx.DiGraph([(i, (i + s) % 23) for i in range(23) for s in (1, 2, 5)])
    yield "two cliques and a loner", nx.disjoint_union(nx.disjoint_union(nx.complete_graph(5), nx.complete_graph(6)), nx.empty_graph(1))
    yield "balanced tree", nx.balanced_tree(2, 4)


def clean(x):
    if isinstance(x, dict):
        return [clean(x[i]) for i in sorted(x)]
    if isinstance(x, (list, tuple, np.ndarray)):
        return [clean(i) for i in x]
    x = float(x)
    return x if math.isfinite(x) else None


def lengths(g, weight):
    for u, v, d in g.edges(data=True):
        d["length"] = 1.0 / abs(d["weight"])
    fn = nx.all_pairs_dijkstra_path_length(g, weight="length") if weight else nx.all_pairs_shortest_path_length(g)
    ds = [d for u, row in fn for v, d in row.items() if v != u]
    n = len(g)
    return ds, n * (n - 1)


def leading(a):
    """Left eigenvector of the largest eigenvalue, when it is unique."""
    values, vectors = np.linalg.eig(a.T)
    order = np.argsort(-values.real)
    if len(order) > 1 and values[order[0]].real - values[order[1]].real < 1e-3:
        return None
    if values[order[0]].real < 1e-3:
        return None
    x = np.abs(vectors[:, order[0]].real)
    return x / np.linalg.norm(x)


def participation(a, part):
    k = a.sum(axis=1)
    p = np.zeros(len(k))
    for i in range(len(k)):
        if k[i] > 0:
            p[i] = 1 - sum((a[i, part == c].sum() / k[i]) ** 2 for c in set(part))
    return p


def within(a, part):
    z = np.zeros(len(a))
    for c in set(part):
        k = a[np.ix_(part == c, part == c)].sum(axis=1)
        if k.std() > 1e-12:
            z[part == c] = (k - k.mean()) / k.std()
    return z


def paths(g, v):
    for w, tag in ((False, ""), (True, "/inverse")):
        ds, pairs = lengths(g, w)
        key = "length" if w else None
        if ds:
            v["path_length" + tag] = sum(ds) / len(ds)
            v["diameter" + tag] = max(ds)
        v["reachability" + tag] = len(ds) / pairs
        v["global_efficiency" + tag] = sum(1 / d for d in ds) / pairs
        v["betweenness" + tag] = clean(nx.betweenness_centrality(g, weight=key))
        v["closeness" + tag] = clean(nx.closeness_centrality(g, distance=key))


def weighings(g, v):
    n, und = len(g), nx.Graph(g.to_undirected(as_view=False))
    part = np.array([i % 3 for i in range(n)])
    groups = [set(i for i in range(n) if i % 3 == c) for c in range(3)]
    for tag, key in (("", None), ("/weighted", "weight")):
        a = nx.to_numpy_array(g, weight=key, nodelist=range(n)) if key else (nx.to_numpy_array(g, nodelist=range(n)) != 0) * 1.0
        v["clustering" + tag] = clean(nx.clustering(g, weight=key))
        v["pagerank" + tag] = clean(nx.pagerank(g, tol=1e-15, max_iter=10000, weight=key))
        x = leading(a)
        if x is not None:
            v["eigenvector" + tag] = clean(x)
        v["spectral_radius" + tag] = max(abs(np.linalg.eigvals(a)))
        h = g if key else nx.from_edgelist(g.edges(), create_using=type(g))
        h.add_nodes_from(range(n))
        v["modularity" + tag] = nx.community.modularity(h, groups, weight="weight")
        sym = a + a.T if g.is_directed() else a
        if not key:
            sym = (sym > 0) * 1.0
        np.fill_diagonal(sym, 0)
        v["participation" + tag] = clean(participation(sym, part))
        v["within_module_z" + tag] = clean(within(sym, part))
        v["best_modularity" + tag] = max(
            nx.community.modularity(h, nx.community.louvain_communities(und, weight=key, seed=s), weight="weight") for s in range(3))


def measures(g):
    n, v = len(g), {}
    und = nx.Graph(g.to_undirected())
    v["density"] = nx.density(g)
    directed = g if g.is_directed() else g.to_directed()
    v["reciprocity"] = nx.overall_reciprocity(directed)
    v["in_degree"] = clean(dict(directed.in_degree()))
    v["out_degree"] = clean(dict(directed.out_degree()))
    v["degree"] = clean(dict(directed.degree()))
    v["in_strength"] = clean(dict(directed.in_degree(weight="weight")))
    v["out_strength"] = clean(dict(directed.out_degree(weight="weight")))
    ins, outs = [[d for _, d in sorted(f())] for f in (directed.in_degree, directed.out_degree)]
    v["degree_correlation"] = np.corrcoef(ins, outs)[0, 1]
    if g.is_directed():
        v["assortativity"] = nx.degree_assortativity_coefficient(g, x="out", y="in")
    else:
        v["assortativity"] = nx.degree_assortativity_coefficient(g)
    v["clustering_undirected"] = clean(nx.clustering(und))
    v["transitivity"] = nx.transitivity(und)
    v["local_efficiency"] = clean([nx.global_efficiency(und.subgraph(und[i])) for i in range(n)])
    v["k_core"] = clean(nx.core_number(g))
    v["rich_club"] = clean(nx.rich_club_coefficient(und, normalized=False))
    v["strong_components"] = nx.number_strongly_connected_components(directed)
    v["weak_components"] = nx.number_connected_components(und)
    census = nx.triadic_census(directed)
    v["motifs"] = clean([census[k] for k in "003 012 102 021D 021U 021C 111D 111U 030T 030C 201 120D 120U 120C 210 300".split()])
    paths(g, v)
    weighings(g, v)
    ig = igraph.Graph(n=n, edges=list(g.edges()), directed=g.is_directed())
    raw = ig.betweenness()
    scale = (n - 1) * (n - 2) / (1 if g.is_directed() else 2)
    v["igraph/betweenness"] = clean([b / scale for b in raw])
    v["igraph/pagerank"] = clean(ig.pagerank())
    v["igraph/k_core"] = clean(ig.coreness(mode="all"))
    v["igraph/transitivity"] = clean(ig.transitivity_undirected())
    return {k: (x if isinstance(x, list) else clean(x)) for k, x in v.items()}


out = {"source": f"networkx {nx.__version__}, igraph {igraph.__version__}, numpy {np.__version__} (Debian 12)", "graphs": []}
for name, g in graphs():
    g = numbered(g)
    edges = [[u, v, d["weight"]] for u, v, d in g.edges(data=True) if u != v]
    h = type(g)()
    h.add_nodes_from(range(len(g)))
    h.add_weighted_edges_from(edges)
    out["graphs"].append({"name": name, "directed": h.is_directed(), "n": len(h), "edges": edges, "values": measures(h)})
json.dump(out, sys.stdout, separators=(",", ":"))
print()
