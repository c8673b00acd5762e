graph [
  directed 1
  node [
    id 0
    label "a"
  ]
  node [
    id 1
    label "b"
  ]
  node [
    id 2
    label "c"
  ]
  node [
    id 3
    label "z"
  ]
  edge [
    source 0
    target 1
    weight 2.5
  ]
  edge [
    source 0
    target 2
    weight 1.E-05
  ]
  edge [
    source 1
    target 2
    weight -1.0
  ]
  edge [
    source 1
    target 1
    weight 3.0
  ]
  edge [
    source 2
    target 0
    weight 0.125
  ]
]
