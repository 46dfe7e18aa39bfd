#!/usr/bin/env python3
"""A terminal for tests: runs a command on a pseudo-terminal and writes what
one would see to a file, anew after each change.

usage: term.py COLUMNSxROWS SCREEN CONTROL COMMAND [ARG ...]

SCREEN gets all lines, also those that have scrolled away; the last line is
"STATUS n" once the command has ended.  The file CONTROL is read again and
again: "size 40x10" gives it another size, as often as that changes, "hangup"
closes it, "stop" takes nothing from it until the file says otherwise.  A
sequence that only some terminals know is written as "<ESC...>".
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios

SEQUENCE = re.compile(r'\x1b\[(\??)(\d*)([A-Za-z])')


class Screen:
    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines, self.top = [''], 0      # lines below top are seen
        self.x = self.y = 0                 # y counts from the first of all
        self.wrap = True
        self.rest = ''

    def resize(self, columns, rows):
        """What is too long now goes on in the next row, as most do it."""
        lines, y = [], 0
        for i, line in enumerate(self.lines):
            if i == self.y:
                y = len(lines)
            lines += [line[k:k + columns]
                      for k in range(0, max(len(line), 1), columns)]
        self.lines, self.y = lines, y
        self.columns, self.rows = columns, rows
        self.top = max(0, len(lines) - rows)

    def down(self):
        self.y += 1
        if self.y == len(self.lines):
            self.lines.append('')
        self.top = max(self.top, self.y - self.rows + 1)

    def put(self, c):
        if self.x >= self.columns:
            if self.wrap:
                self.x = 0
                self.down()
            else:
                self.x = self.columns - 1
        line = self.lines[self.y].ljust(self.x)
        self.lines[self.y] = line[:self.x] + c + line[self.x + 1:]
        self.x += 1

    def act(self, private, number, letter):
        if private:
            if number == '7':
                self.wrap = letter == 'h'
            else:
                return False
        elif letter == 'A':
            self.y = max(self.top, self.y - int(number or 1))
        elif letter == 'K' and not number:
            self.lines[self.y] = self.lines[self.y][:self.x]
        elif letter == 'J' and not number:
            self.lines[self.y] = self.lines[self.y][:self.x]
            del self.lines[self.y + 1:]
        else:
            return False
        return True

    def feed(self, text):
        text = self.rest + text
        self.rest = ''
        i = 0
        while i < len(text):
            c = text[i]
            if c == '\x1b':
                m = SEQUENCE.match(text, i)
                if m is None and len(text) - i < 8:
                    self.rest = text[i:]
                    return
                if m is None or not self.act(*m.groups()):
                    for x in '<ESC>':
                        self.put(x)
                i = m.end() if m else i + 1
                continue
            if c == '\r':
                self.x = 0
            elif c == '\n':
                self.down()
            elif c >= ' ':
                self.put(c)
            i += 1


def size_of(text):
    return [int(n) for n in text.split('x')]


def show(screen, path, status):
    with open(path + '.new', 'w') as f:
        f.write(''.join(line.rstrip() + '\n' for line in screen.lines))
        if status is not None:
            f.write('STATUS %d\n' % status)
    os.rename(path + '.new', path)


def set_size(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ,
                struct.pack('HHHH', rows, columns, 0, 0))


def words(path):
    try:
        with open(path) as f:
            return f.read().strip()
    except OSError:
        return ''


def main():
    columns, rows = size_of(sys.argv[1])
    path, control = sys.argv[2:4]
    screen = Screen(columns, rows)
    pid, fd = pty.fork()
    if pid == 0:
        # Not before the size is known.
        signal.sigtimedwait([signal.SIGUSR1], 10)
        os.execvp(sys.argv[4], sys.argv[4:])
    set_size(fd, columns, rows)
    os.kill(pid, signal.SIGUSR1)
    was = ''
    while True:
        said = words(control)
        # Not while it draws: then what it has counted would not be so.
        if said != was and not (
                said.startswith('size') and
                select.select([fd], [], [], 0.1)[0]):
            was = said
            if said.startswith('size '):
                columns, rows = size_of(said[5:])
                screen.resize(columns, rows)
                set_size(fd, columns, rows)
            elif said == 'hangup':
                os.close(fd)
                break
        if was == 'stop':
            select.select([], [], [], 0.05)
            continue
        if fd in select.select([fd], [], [], 0.05)[0]:
            try:
                data = os.read(fd, 65536)
            except OSError:
                data = b''
            if not data:
                break
            screen.feed(data.decode('utf-8', 'replace'))
            show(screen, path, None)
    _, status = os.waitpid(pid, 0)
    show(screen, path, os.waitstatus_to_exitcode(status))


if __name__ == '__main__':
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    main()
