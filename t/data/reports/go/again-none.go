panic: runtime error: index out of range [7] with length 3 [recovered]
	panic: runtime error: index out of range [7] with length 3
