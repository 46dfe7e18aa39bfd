panic: runtime error: integer divide by zero
