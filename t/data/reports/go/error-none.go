panic: shelf 1: fell
