panic: runtime error: slice bounds out of range [2:1]

goroutine 1 [running]:
main.slice(0x1)
	./panic.go:23 +0xcd
main.main()
	./panic.go:116 +0x44f
