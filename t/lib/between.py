#!/usr/bin/python3
"""between.py MASTER MODE LOG - what stands between a bot and its master.

Passes requests on to the URL MASTER but for those that a line of the file
MODE is about, which is read each time: STATUS BODY PATH [BYTES], for requests
whose path has PATH in it and whose body more than so many bytes.  They get
that status, and as BODY html, a page; json, an object; own, an error as a
master words it.  LOG gets a line for each of them: STATUS, path, bytes.
"""
import http.client
import http.server
import sys
import urllib.parse

BODIES = {
    'html': ('text/html', b'<html><h1>Not now</h1></html>\n'),
    'json': ('application/json', b'{"message":"not now"}\n'),
    'own': ('application/json', b'{"error":"no","details":"",'
            b'"class":"data","field":"","status":0}\n'),
}


class Between(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def answer(self, status, kind, body, tag=None):
        self.send_response(status)
        if tag is not None:
            self.send_header('ETag', tag)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def own_answer(self, size):
        """The status and the kind of body, if a line is about this one."""
        with open(sys.argv[2], encoding='ascii') as f:
            for line in f:
                status, kind, path, *least = line.split()
                if path in self.path and size > int(least[0] if least
                                                    else -1):
                    return int(status), kind
        return None, None

    def pass_on(self):
        n = int(self.headers.get('Content-Length') or 0)
        sent = self.rfile.read(n) or None
        status, kind = self.own_answer(n)
        if status is not None:
            with open(sys.argv[3], 'a', encoding='ascii') as f:
                print(status, self.path, n, file=f)
            self.answer(status, *BODIES[kind])
            return
        c = http.client.HTTPConnection(MASTER, timeout=30)
        head = {k: v for k, v in self.headers.items() if k != 'Host'}
        c.request(self.command, self.path, sent, head)
        r = c.getresponse()
        self.answer(r.status, r.getheader('Content-Type') or 'text/plain',
                    r.read(), r.getheader('ETag'))

    do_GET = do_POST = do_PUT = do_DELETE = pass_on


MASTER = urllib.parse.urlsplit(sys.argv[1]).netloc
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Between)
print('http://127.0.0.1:%d' % server.server_port, flush=True)
server.serve_forever()
