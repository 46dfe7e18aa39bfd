panic: runtime error: index out of range [7] with length 3

goroutine 1 [running]:
main.(*shelf).get(0x3?, 0x4105b7?)
	./panic.go:17 +0x30
main.index(0x48ec00?)
	./panic.go:20 +0x9d
main.main()
	./panic.go:116 +0x44f
