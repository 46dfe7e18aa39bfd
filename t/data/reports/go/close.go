panic: close of closed channel

goroutine 1 [running]:
main.closeTwice(0x48ec00?)
	./panic.go:87 +0x39
main.main()
	./panic.go:116 +0x44f
