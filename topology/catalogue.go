package topology

// catalogue is every rule, in the order in which they are listed to users.
func catalogue() []generator {
	return elementary()
}
