panic: runtime error: slice bounds out of range [2:1]
