graph [
  node [
    id 0
    label "p"
  ]
  node [
    id 1
    label "q"
  ]
  node [
    id 2
    label "r"
  ]
  edge [
    source 0
    target 1
    weight 1.0
  ]
  edge [
    source 1
    target 2
    weight 2.0
  ]
  edge [
    source 2
    target 2
    weight 4.0
  ]
]
