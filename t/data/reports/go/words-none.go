panic: what is this
