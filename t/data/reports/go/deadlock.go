fatal error: all goroutines are asleep - deadlock!

goroutine 1 [semacquire]:
sync.runtime_SemacquireMutex(0xc0000a4000?, 0x0?, 0x416c86?)
	runtime/sema.go:77 +0x25
sync.(*Mutex).lockSlow(0xc0000a4000)
	sync/mutex.go:171 +0x165
sync.(*Mutex).Lock(...)
	sync/mutex.go:90
main.deadlock(0x48ec00?)
	./panic.go:56 +0x6c
main.main()
	./panic.go:116 +0x44f
