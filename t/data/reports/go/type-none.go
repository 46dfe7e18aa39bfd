panic: interface conversion: interface {} is int, not string
