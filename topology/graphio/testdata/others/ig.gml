Creator "igraph version 0.10.2 Sun Nov 29 10:51:55 2026"
Version 1
graph
[
  directed 1
  node
  [
    id 0
    name "a"
    label "a"
  ]
  node
  [
    id 1
    name "b"
    label "b"
  ]
  node
  [
    id 2
    name "c"
    label "c"
  ]
  node
  [
    id 3
    name "z"
    label "z"
  ]
  edge
  [
    source 0
    target 1
    weight 2.5
  ]
  edge
  [
    source 0
    target 2
    weight 1e-05
  ]
  edge
  [
    source 1
    target 2
    weight -1
  ]
  edge
  [
    source 1
    target 1
    weight 3
  ]
  edge
  [
    source 2
    target 0
    weight 0.125
  ]
]
