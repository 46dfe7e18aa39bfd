panic: runtime error: integer divide by zero

goroutine 1 [running]:
main.divide(0x48ec00?)
	./panic.go:32 +0x86
main.main()
	./panic.go:116 +0x44f
