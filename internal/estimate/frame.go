package estimate

import "infomorph/internal/table"

// Frame is a table of samples: rows in time order, columns by name.
type Frame = table.Frame

// Column is one variable of a Frame.
type Column = table.Column
