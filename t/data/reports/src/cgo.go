// A program of two languages, which crashes in the other one.
package main

/*
#include <stdlib.h>
static int deref(int *p) { return *p + 1; }
static void give_up(void) { abort(); }
*/
import "C"

import "os"

func crash(bug string) {
	switch bug {
	case "null":
		C.deref(nil)
	case "abort":
		C.give_up()
	}
}

func handle(bug string) {
	crash(bug)
}

func main() {
	handle(os.Args[1])
}
