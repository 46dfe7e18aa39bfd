panic: shelf 1: fell

goroutine 1 [running]:
main.ownError(0x48ec00?)
	./panic.go:47 +0xae
main.main()
	./panic.go:116 +0x44f
