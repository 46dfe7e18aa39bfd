==================
WARNING: DATA RACE
Read at 0x0000005e0580 by goroutine 8:
  main.count()
      panic.go:94 +0x30
  main.race.func2()
      panic.go:103 +0x39

Previous write at 0x0000005e0580 by goroutine 7:
  main.count()
      panic.go:94 +0x48
  main.race.func1()
      panic.go:102 +0x39

Goroutine 8 (running) created at:
  main.race()
      panic.go:103 +0x136
  main.main()
      panic.go:116 +0x5cc

Goroutine 7 (finished) created at:
  main.race()
      panic.go:102 +0xce
  main.main()
      panic.go:116 +0x5cc
==================
Found 1 data race(s)
