panic: assignment to entry in nil map

goroutine 1 [running]:
main.nilMap(0x48ec00?)
	./panic.go:43 +0x25
main.main()
	./panic.go:116 +0x44f
