graph [
  directed 1
  multigraph 1
  node [
    id 0
    label "a"
  ]
  node [
    id 1
    label "b"
  ]
  edge [
    source 0
    target 1
    key 0
    weight 1.0
  ]
  edge [
    source 0
    target 1
    key 1
    weight 2.0
  ]
  edge [
    source 1
    target 0
    key 0
    weight 3.0
  ]
]
