panic: what is this

goroutine 1 [running]:
main.ownWords(0x48ec00?)
	./panic.go:50 +0x27
main.main()
	./panic.go:116 +0x44f
