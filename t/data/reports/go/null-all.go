panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x483576]

goroutine 1 [running]:
panic({0x48ef60, 0x526f20})
	runtime/panic.go:987 +0x3ba fp=0xc000086e78 sp=0xc000086db8 pc=0x431aba
runtime.panicmem(...)
	runtime/panic.go:260
runtime.sigpanic()
	runtime/signal_unix.go:835 +0x2f6 fp=0xc000086ec8 sp=0xc000086e78 pc=0x446016
main.null(0x48ec00?)
	./panic.go:28 +0x16 fp=0xc000086f10 sp=0xc000086ec8 pc=0x483576
main.main()
	./panic.go:116 +0x44f fp=0xc000086f80 sp=0xc000086f10 pc=0x48432f
runtime.main()
	runtime/proc.go:250 +0x212 fp=0xc000086fe0 sp=0xc000086f80 pc=0x434752
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc000086fe8 sp=0xc000086fe0 pc=0x45d5c1

goroutine 2 [force gc (idle)]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
	runtime/proc.go:363 +0xd6 fp=0xc000030fb0 sp=0xc000030f90 pc=0x434b16
runtime.goparkunlock(...)
	runtime/proc.go:369
runtime.forcegchelper()
	runtime/proc.go:302 +0xad fp=0xc000030fe0 sp=0xc000030fb0 pc=0x4349ad
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc000030fe8 sp=0xc000030fe0 pc=0x45d5c1
created by runtime.init.6
	runtime/proc.go:290 +0x25

goroutine 3 [GC sweep wait]:
runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)
	runtime/proc.go:363 +0xd6 fp=0xc000031790 sp=0xc000031770 pc=0x434b16
runtime.goparkunlock(...)
	runtime/proc.go:369
runtime.bgsweep(0x0?)
	runtime/mgcsweep.go:278 +0x8e fp=0xc0000317c8 sp=0xc000031790 pc=0x421c0e
runtime.gcenable.func1()
	runtime/mgc.go:178 +0x26 fp=0xc0000317e0 sp=0xc0000317c8 pc=0x416ac6
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc0000317e8 sp=0xc0000317e0 pc=0x45d5c1
created by runtime.gcenable
	runtime/mgc.go:178 +0x6b

goroutine 4 [GC scavenge wait]:
runtime.gopark(0xc00004e000?, 0x4bbe50?, 0x1?, 0x0?, 0x0?)
	runtime/proc.go:363 +0xd6 fp=0xc000031f70 sp=0xc000031f50 pc=0x434b16
runtime.goparkunlock(...)
	runtime/proc.go:369
runtime.(*scavengerState).park(0x52e6a0)
	runtime/mgcscavenge.go:389 +0x53 fp=0xc000031fa0 sp=0xc000031f70 pc=0x41fcb3
runtime.bgscavenge(0x0?)
	runtime/mgcscavenge.go:617 +0x45 fp=0xc000031fc8 sp=0xc000031fa0 pc=0x420285
runtime.gcenable.func2()
	runtime/mgc.go:179 +0x26 fp=0xc000031fe0 sp=0xc000031fc8 pc=0x416a66
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc000031fe8 sp=0xc000031fe0 pc=0x45d5c1
created by runtime.gcenable
	runtime/mgc.go:179 +0xaa

goroutine 17 [runnable]:
runtime.runfinq()
	runtime/mfinal.go:162 fp=0xc0000307e0 sp=0xc0000307d8 pc=0x415ac0
runtime.goexit()
	runtime/asm_amd64.s:1594 +0x1 fp=0xc0000307e8 sp=0xc0000307e0 pc=0x45d5c1
created by runtime.createfing
	runtime/mfinal.go:157 +0x45
