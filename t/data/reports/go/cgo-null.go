fatal error: unexpected signal during runtime execution
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x462512]

runtime stack:
runtime.throw({0x4783d1?, 0x4db0a0?})
	runtime/panic.go:1047 +0x5d fp=0x7fffe94260c0 sp=0x7fffe9426090 pc=0x4312fd
runtime.sigpanic()
	runtime/signal_unix.go:819 +0x369 fp=0x7fffe9426110 sp=0x7fffe94260c0 pc=0x445429

goroutine 1 [syscall]:
runtime.cgocall(0x462500, 0xc00003ef40)
	runtime/cgocall.go:158 +0x5c fp=0xc00003ef18 sp=0xc00003eee0 pc=0x40463c
main._Cfunc_deref(0x0)
	_cgo_gotypes.go:43 +0x48 fp=0xc00003ef40 sp=0xc00003ef18 pc=0x462348
main.crash({0x7fffe9426fd1?, 0xc0000061a0?})
	./cgo.go:16 +0x34 fp=0xc00003ef60 sp=0xc00003ef40 pc=0x462434
main.handle(...)
	./cgo.go:23
main.main()
	./cgo.go:27 +0x35 fp=0xc00003ef80 sp=0xc00003ef60 pc=0x4624d5
runtime.main()
	runtime/proc.go:250 +0x212 fp=0xc00003efe0 sp=0xc00003ef80 pc=0x433b52
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc00003efe8 sp=0xc00003efe0 pc=0x45b4e1

goroutine 2 [force gc (idle)]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
	runtime/proc.go:363 +0xd6 fp=0xc000030fb0 sp=0xc000030f90 pc=0x433f16
runtime.goparkunlock(...)
	runtime/proc.go:369
runtime.forcegchelper()
	runtime/proc.go:302 +0xad fp=0xc000030fe0 sp=0xc000030fb0 pc=0x433dad
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc000030fe8 sp=0xc000030fe0 pc=0x45b4e1
created by runtime.init.6
	runtime/proc.go:290 +0x25

goroutine 3 [GC sweep wait]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
	runtime/proc.go:363 +0xd6 fp=0xc000031790 sp=0xc000031770 pc=0x433f16
runtime.goparkunlock(...)
	runtime/proc.go:369
runtime.bgsweep(0x0?)
	runtime/mgcsweep.go:278 +0x8e fp=0xc0000317c8 sp=0xc000031790 pc=0x42130e
runtime.gcenable.func1()
	runtime/mgc.go:178 +0x26 fp=0xc0000317e0 sp=0xc0000317c8 pc=0x4161c6
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc0000317e8 sp=0xc0000317e0 pc=0x45b4e1
created by runtime.gcenable
	runtime/mgc.go:178 +0x6b

goroutine 4 [GC scavenge wait]:
runtime.gopark(0xc000056000?, 0x48c9d8?, 0x1?, 0x0?, 0x0?)
	runtime/proc.go:363 +0xd6 fp=0xc000031f70 sp=0xc000031f50 pc=0x433f16
runtime.goparkunlock(...)
	runtime/proc.go:369
runtime.(*scavengerState).park(0x4daca0)
	runtime/mgcscavenge.go:389 +0x53 fp=0xc000031fa0 sp=0xc000031f70 pc=0x41f3b3
runtime.bgscavenge(0x0?)
	runtime/mgcscavenge.go:617 +0x45 fp=0xc000031fc8 sp=0xc000031fa0 pc=0x41f985
runtime.gcenable.func2()
	runtime/mgc.go:179 +0x26 fp=0xc000031fe0 sp=0xc000031fc8 pc=0x416166
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc000031fe8 sp=0xc000031fe0 pc=0x45b4e1
created by runtime.gcenable
	runtime/mgc.go:179 +0xaa

goroutine 18 [runnable]:
runtime.runfinq()
	runtime/mfinal.go:162 fp=0xc0000307e0 sp=0xc0000307d8 pc=0x4151c0
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc0000307e8 sp=0xc0000307e0 pc=0x45b4e1
created by runtime.createfing
	runtime/mfinal.go:157 +0x45
