panic: interface conversion: interface {} is int, not string

goroutine 1 [running]:
main.wrongType(0x48ec00?)
	./panic.go:37 +0x2e
main.main()
	./panic.go:116 +0x44f
