panic: runtime error: index out of range [7] with length 3 [recovered]
	panic: runtime error: index out of range [7] with length 3

goroutine 1 [running]:
main.again.func1()
	./panic.go:79 +0x25
panic({0x495fa0, 0xc000018018})
	runtime/panic.go:884 +0x212
main.(*shelf).get(0x4948a0?, 0x55da01?)
	./panic.go:17 +0x30
main.index(0x101c00004e058?)
	./panic.go:20 +0x9d
main.again(0x48ec00?)
	./panic.go:80 +0x3b
main.main()
	./panic.go:116 +0x44f
