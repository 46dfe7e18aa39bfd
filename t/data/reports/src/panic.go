// Ways for a Go program to panic; the argument says which.
package main

import (
	"errors"
	"fmt"
	"os"
	"sync"
)

type shelf struct {
	items []int
	next  *shelf
}

//go:noinline
func (s *shelf) get(at int) int { return s.items[at] }

//go:noinline
func index(one int) { fmt.Println((&shelf{items: []int{1, 2, 3}}).get(one * 7)) }

//go:noinline
func slice(one int) { fmt.Println([]int{1, 2, 3}[one*2 : one]) }

//go:noinline
func null(one int) {
	var s *shelf
	fmt.Println(s.next.get(one))
}

//go:noinline
func divide(one int) { fmt.Println(one / (one - 1)) }

//go:noinline
func wrongType(one int) {
	var v interface{} = one
	fmt.Println(v.(string))
}

//go:noinline
func nilMap(one int) {
	var m map[int]int
	m[one] = 1
}

//go:noinline
func ownError(one int) { panic(fmt.Errorf("shelf %d: %w", one, errors.New("fell"))) }

//go:noinline
func ownWords(one int) { panic("what is this") }

//go:noinline
func deadlock(one int) {
	var m sync.Mutex
	m.Lock()
	m.Lock()
}

//go:noinline
func descend(n int) int {
	var a [200]int
	a[n%200] = n
	return descend(n+1) + a[n%200]
}

//go:noinline
func inRoutine(one int) {
	var w sync.WaitGroup
	w.Add(1)
	go func() {
		defer w.Done()
		index(one)
	}()
	w.Wait()
}

//go:noinline
func again(one int) {
	defer func() { panic(recover()) }()
	index(one)
}

//go:noinline
func closeTwice(one int) {
	c := make(chan int, one)
	close(c)
	close(c)
}

var counter int

//go:noinline
func count(w *sync.WaitGroup) {
	counter++
	w.Done()
}

//go:noinline
func race(one int) {
	var w sync.WaitGroup
	w.Add(2)
	go count(&w)
	go count(&w)
	w.Wait()
}

func main() {
	one := len(os.Args) - 1
	bugs := map[string]func(int){
		"index": index, "slice": slice, "null": null,
		"divide": divide, "type": wrongType, "map": nilMap,
		"error": ownError, "words": ownWords, "deadlock": deadlock,
		"deep": func(n int) { descend(n) }, "routine": inRoutine,
		"again": again, "close": closeTwice, "race": race,
	}
	bugs[os.Args[1]](one)
}
