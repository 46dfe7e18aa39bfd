#!/usr/bin/python3
"""conform.py URL ASKED - real answers of a server against its own document.

ASKED has a request a line: METHOD TEMPLATE CODE PATH [TYPE BODY], where BODY
is the rest of the line and @FILE is what the file holds.  %NAME% stands for
what the member NAME was in the last answer that had it.  A line "= ROOM WORD"
says what stands for {id} behind that segment of a path, or for {sha256}, in
GET routes that were not asked before the line ".".  What does not conform is
printed; so is each route of the document that no request was answered with
success.  Those GET routes are asked for by HEAD too, and again by their tags.
"""
import copy
import http.client
import json
import re
import sys
import urllib.parse

import jsonschema

ERROR = {'$ref': '#/components/responses/Error'}


def once(pairs):
    """Refuses what a JSON reader would pass over."""
    got = dict(pairs)
    if len(got) != len(pairs):
        print('a member comes twice:', [k for k, _ in pairs])
    return got


def close(schema):
    """An answer may have no members but those told of."""
    if isinstance(schema, dict):
        if 'properties' in schema:
            schema['additionalProperties'] = False
        for v in schema.values():
            close(v)
    elif isinstance(schema, list):
        for v in schema:
            close(v)


class Server:
    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        status, _, body = self.ask('GET', '/api/v1/openapi.json')
        assert status == 200, body
        self.doc = json.loads(body, object_pairs_hook=once)
        self.closed = copy.deepcopy(self.doc)
        close(self.closed['components']['schemas'])
        self.done = set()
        self.headers = None     # of the last answer
        self.count = 0
        self.seen = {}

    def ask(self, method, path, kind=None, body=None, **headers):
        c = http.client.HTTPConnection(self.host, timeout=10)
        headers = {n.replace('_', '-'): v for n, v in headers.items()}
        if kind:
            headers['Content-Type'] = kind
        c.request(method, path, body, headers)
        r = c.getresponse()
        self.headers = r.headers
        kind = r.getheader('Content-Type')
        # A stream has no end.
        text = b'' if kind == 'text/event-stream' else r.read()
        c.close()
        return r.status, kind, text

    def fits(self, schema, value):
        whole = dict(schema, components=self.closed['components'])
        v = jsonschema.Draft202012Validator(whole)
        return ['/'.join(map(str, e.path)) + ': ' + e.message
                for e in v.iter_errors(value)]

    def answer_of(self, op, status):
        told = op['responses']
        got = told.get(str(status)) or told.get('%dXX' % (status // 100))
        if got == ERROR:
            got = self.doc['components']['responses']['Error']
        return got

    def check(self, method, template, want, path, kind=None, body=None):
        name = '%s %s: ' % (method, path)
        op = self.doc['paths'].get(template, {}).get(method.lower())
        if op is None:
            print(name + 'the document does not know', template)
            return
        status, got, text = self.ask(method, path, kind, body)
        self.count += 1
        if want is not None and status != want:
            print(name + 'answered with %d: %s' % (status, text[:300]))
        elif status < 300:
            self.done.add((method, template))
        told = self.answer_of(op, status)
        if told is None:
            print(name + 'status %d is not in the document' % status)
            return
        types = told.get('content', {None: {}})
        if got not in types:
            print(name + 'type %s, told were %s' % (got, list(types)))
        elif got == 'application/json':
            value = json.loads(text, object_pairs_hook=once)
            self.seen.update(value)
            for wrong in self.fits(types[got].get('schema', {}), value):
                print(name + '%d: %s' % (status, wrong[:300]))

    def check_again(self, template, path):
        """What HEAD tells, and whether who has it needs it again."""
        status, _, _ = self.ask('GET', path)
        told = self.headers
        if status != 200:
            return
        status, _, _ = self.ask('HEAD', path)
        for name in 'Content-Type', 'ETag', 'Vary', 'Accept-Ranges':
            if status != 200 or told.get(name) != self.headers.get(name):
                print('HEAD %s: %d, %s: %s, not %s' % (
                    path, status, name, self.headers.get(name),
                    told.get(name)))
        tag = told.get('ETag')
        if ('304' in self.doc['paths'][template]['get']['responses']) != (
                tag is not None):
            print('GET %s: its tag is %s' % (path, tag))
        elif tag is not None:
            status, _, text = self.ask('GET', path, If_None_Match=tag)
            if status != 304 or text or self.headers.get('ETag') != tag:
                print('GET %s: with its tag: %d' % (path, status))

    def asked(self, lines):
        words = {}
        for line in lines:
            line = re.sub('%([a-z_]+)%', lambda m: str(self.seen[m[1]]), line)
            part = line.rstrip('\n').split(' ', 5)
            if part[0] == '.':
                self.read_all(words)
                continue
            if part[0] == '=':
                words[part[1]] = part[2]
                continue
            kind, body = (part + [None, None])[4:6]
            if body is not None and body.startswith('@'):
                with open(body[1:], 'rb') as f:
                    body = f.read()
            self.check(part[0], part[1], int(part[2]), part[3], kind, body)

    def read_all(self, words):
        """Each GET that can be filled in, and for a thing that is not."""
        for template, ops in self.doc['paths'].items():
            if 'get' not in ops:
                continue
            seg = template.split('/')
            real = [words.get(seg[i - 1], s) if s[:1] == '{' else s
                    for i, s in enumerate(seg)]
            if ('GET', template) not in self.done:
                self.check('GET', template, 200, '/'.join(real))
                self.check_again(template, '/'.join(real))
            if '{' in template:
                none = ['nobody' if s == '{id}' else 'f' * 64
                        if s == '{sha256}' else s for s in seg]
                self.check('GET', template, None, '/'.join(none))

    def left(self):
        for template, ops in self.doc['paths'].items():
            for method in ops:
                if (method.upper(), template) not in self.done:
                    print(method.upper(), template + ': was not exercised')


def main():
    s = Server(sys.argv[1])
    with open(sys.argv[2], encoding='utf-8') as f:
        s.asked(f)
    s.left()
    print('%d answers' % s.count, file=sys.stderr)


if __name__ == '__main__':
    main()
