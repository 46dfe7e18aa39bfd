panic: close of closed channel
