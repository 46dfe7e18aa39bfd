panic: runtime error: index out of range [7] with length 3

goroutine 6 [running]:
main.(*shelf).get(0x0?, 0x0?)
	./panic.go:17 +0x30
main.index(0x0?)
	./panic.go:20 +0x9d
main.inRoutine.func1()
	./panic.go:72 +0x58
created by main.inRoutine
	./panic.go:70 +0x7f
