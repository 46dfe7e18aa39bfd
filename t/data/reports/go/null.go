panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x483576]

goroutine 1 [running]:
main.null(0x48ec00?)
	./panic.go:28 +0x16
main.main()
	./panic.go:116 +0x44f
