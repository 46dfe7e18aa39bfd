panic: assignment to entry in nil map
