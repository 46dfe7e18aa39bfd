#!/usr/bin/python3
"""listen.py URL PATH N STOP [CHANCE] - N listeners to a stream of events.

Each begins at PATH, takes what comes, and hangs up now and then (once in
CHANCE reads; 0 is never), to come again with the last id it had.  All end when
the file STOP holds an id and each has seen it.  Ids have to follow one
another by one; what does not is printed, and a line of sums at the end.  If
SLOW names a file in the environment, nothing is read before it is there.
"""
import os
import random
import re
import selectors
import socket
import sys
import time
import urllib.parse


SLOW = os.environ.get('SLOW')


class Listener:
    def __init__(self, n, host, path):
        self.n, self.host, self.path = n, host, path
        self.last, self.seen, self.came = None, 0, 0
        self.tag = ''
        if 'after=' in path:
            self.last = int(re.search(r'after=(\d+)', path)[1])
        self.connect()

    def connect(self):
        self.came += 1
        self.raw, self.text, self.head = b'', b'', False
        self.sock = socket.socket()
        if SLOW:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.sock.settimeout(10)
        self.sock.connect(self.host)
        again = 'Last-Event-ID: %s%d\r\n' % (
            self.tag, self.last) if self.last else ''
        self.sock.sendall(('GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n' % (
            self.path, again)).encode())
        self.sock.setblocking(False)

    def chunks(self):
        """Takes the chunks out of what came; false at the last one."""
        while b'\r\n' in self.raw:
            size, rest = self.raw.split(b'\r\n', 1)
            n = int(size, 16)
            if n == 0:
                return False
            if len(rest) < n + 2:
                break
            self.text += rest[:n]
            self.raw = rest[n + 2:]
        return True

    def take(self, id_, data):
        if self.last is not None and data and id_ != self.last + 1:
            print('listener %d: %d after %d' % (self.n, id_, self.last))
        self.last = id_
        self.seen += data

    def hear(self):
        """Reads once; false if the server has ended it."""
        try:
            got = self.sock.recv(65536)
        except ConnectionError:
            return False
        if not got:
            return False
        self.raw += got
        if not self.head:
            if b'\r\n\r\n' not in self.raw:
                return True
            head, self.raw = self.raw.split(b'\r\n\r\n', 1)
            if b' 200 ' not in head.split(b'\r\n')[0]:
                print('listener %d: %r' % (self.n, head[:60]))
            self.head = True
        whole = self.chunks()
        *blocks, self.text = self.text.split(b'\n\n')
        for block in blocks:
            id_ = re.search(rb'^id: ([0-9a-f]{8}\.)?(\d+)$', block, re.M)
            if id_:
                self.tag = (id_[1] or b'').decode()
                self.take(int(id_[2]), b'\ndata: ' in block)
        return whole


def main():
    url, path, n, stop = sys.argv[1:5]
    chance = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    at = urllib.parse.urlsplit(url)
    sel = selectors.DefaultSelector()
    all_ = [Listener(i, (at.hostname, at.port), path) for i in range(int(n))]
    for one in all_:
        sel.register(one.sock, selectors.EVENT_READ, one)
    print('listening', flush=True)
    while SLOW and not os.path.exists(SLOW):
        time.sleep(0.1)
    until, end = None, time.time() + 60
    left = len(all_)
    while left > 0 and time.time() < end:
        for key, _ in sel.select(0.2):
            one = key.data
            on = one.hear()
            done = until is not None and (one.last or 0) >= until
            if on and not done and (not chance or random.randrange(chance)):
                continue
            sel.unregister(one.sock)
            one.sock.close()
            if done:
                left -= 1
            else:
                try:
                    one.connect()
                except OSError:
                    print('listener %d: nobody there' % one.n)
                    left -= 1
                    continue
                sel.register(one.sock, selectors.EVENT_READ, one)
        if until is None and os.path.exists(stop):
            with open(stop, encoding='ascii') as f:
                until = int(f.read() or 0) or None
            for key in list(sel.get_map().values()):
                if until and (key.data.last or 0) >= until:
                    sel.unregister(key.data.sock)
                    left -= 1
    if left > 0:
        print(left, 'did not see the end')
    print('sum: %d listeners, %d events, %d times again' % (
        len(all_), sum(o.seen for o in all_), sum(o.came - 1 for o in all_)))


main()
