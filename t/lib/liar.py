#!/usr/bin/python3
"""liar.py MASTER MODE LOG - a master that lies about what jobs share.

Passes requests on to the URL MASTER; what it answers to questions for shared
inputs is changed by the word in the file MODE, which is read each time.  LOG
gets a line for each such question: MODE, what is asked, status, bytes.  Lies
of inputs are heard only by who was told that not all of the bytes are there.
"""
import http.client
import http.server
import json
import sys
import urllib.parse

HUGE = 1 << 40


def offer(n, size=3):
    return {'hash': '%064x' % n, 'size': size, 'job_id': 'j', 'cursor': n}


def lie_list(mode, body):
    d = json.loads(body)
    last = d['cursor']
    if mode == 'endless':
        d['inputs'] = [offer(last + i) for i in range(1, 513)]
        d['cursor'] = last + 512
        d['more'] = True
    elif mode == 'same':
        d['inputs'] = [offer(1), offer(1)]
        d['more'] = True
    elif mode == 'huge':
        d['inputs'] = [offer(last + 1, HUGE)]
        d['cursor'] = last + 1
    elif mode == 'path':
        d['inputs'] = [dict(offer(last + 1), hash='../' * 20 + 'etcp')]
    elif mode == 'type':
        d['inputs'] = {'hash': []}
        d['cursor'] = '-1'
    elif mode == 'values':
        return b'{"cursor":1,"epoch":1,"inputs":[' + b'1,' * 1000000 + b'1]}'
    elif mode == 'long':
        return b'{"cursor":"' + b'1' * (5 << 20) + b'"}'
    elif mode == 'rubbish':
        return b'\0\xff' * 9
    return json.dumps(d).encode()


def lie_inputs(mode, body):
    line, _, rest = body.partition(b'\n')
    cursor = line.split(b' ')[0]
    if mode == 'hash':
        return line + b'\n' + bytes(c ^ 1 for c in rest)
    if mode == 'size':
        return cursor + b' 999999999\n' + rest
    if mode == 'minus':
        return cursor + b' -5\n' + rest
    if mode == 'order':
        return b'999999 3\nabc'
    if mode == 'cut':
        return body[:-1]
    if mode == 'empty':
        return b''
    if mode == 'extra':
        return body + b'77 3\nabc'
    if mode == 'noise':
        return b'\xff' * (3 << 20)
    return body


def lie_bytes(mode, body):
    if mode == 'bytes':
        return bytes(c ^ 1 for c in body)
    if mode == 'fewer':
        return body[:-1]
    if mode == 'more':
        return body + b'abc'
    if mode == 'none':
        return b''
    if mode == 'flood':
        return b'\xff' * (3 << 20)
    return body


LIES = {'inputs': lie_inputs, 'bytes': lie_bytes, 'shared': lie_list}
OF_INPUTS = 'hash size minus order cut empty extra noise gone'.split()


class Liar(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def pass_on(self):
        n = int(self.headers.get('Content-Length') or 0)
        c = http.client.HTTPConnection(MASTER, timeout=30)
        head = {k: v for k, v in self.headers.items() if k != 'Host'}
        c.request(self.command, self.path, self.rfile.read(n) or None, head)
        r = c.getresponse()
        body, status = r.read(), r.status
        what = self.path.partition('?')[0].rpartition('/')[2]
        if '/shared' in self.path:
            with open(sys.argv[2], encoding='ascii') as f:
                mode = f.read().strip()
            if what == 'bytes' and mode in OF_INPUTS:
                body, status = b'{}', 404
            if status == 200:
                body = LIES[what](mode, body)
            with open(sys.argv[3], 'a', encoding='ascii') as f:
                print(mode, what, status, len(body), file=f)
        self.send_response(status)
        for k, v in r.getheaders():
            if k.lower() in ('content-type', 'retry-after'):
                self.send_header(k, v)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = pass_on


MASTER = urllib.parse.urlsplit(sys.argv[1]).netloc
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Liar)
print('http://127.0.0.1:%d' % server.server_port, flush=True)
server.serve_forever()
