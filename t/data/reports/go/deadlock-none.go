fatal error: all goroutines are asleep - deadlock!
