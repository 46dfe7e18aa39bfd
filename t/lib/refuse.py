#!/usr/bin/python3
"""refuse.py [-a] URL BODIES WORD=VALUE ... - a server and what is wrong.

Each operation of the server's OpenAPI document is asked for in many ways that
the document does not allow, each time with one thing wrong in a request that
is right but for that, and each answer must be the error that it is, in the
one shape of errors.  BODIES has a line METHOD TEMPLATE JSON for operations
that need more than the members that the document requires, with FORM as the
method for the JSON in a form.  %NAME% stands there for the value of a WORD;
and {id} behind the segment ROOM of a path is that of the word ROOM.  What is
not as it should be is printed.  Nothing of all that may change anything:
whoever calls looks after that.

With -a it asks for what is strange and may well be allowed: it may be refused
too, but as a mistake of the sender, and what says so names the member.
"""
import http.client
import json
import re
import socket
import sys
import urllib.parse

import conform
import jsonschema

JSON = 'application/json'
FORM = 'multipart/form-data'
STREAM = 'text/event-stream'
BOUNDARY = FORM + '; boundary=bb'
METHODS = ('GET', 'PUT', 'POST', 'PATCH', 'DELETE', 'TRACE', 'BREW')
KINDS = {'string': 'text', 'integer': 7, 'number': 0.5, 'boolean': True,
         'object': {}, 'array': []}
MISTYPED = (None, '', 'text/html', 'application/jsonp', 'json', 'x' * 500,
            'application/x-www-form-urlencoded')
# In the place of an object.
NOT_JSON = (b'', b' ', b'rubbish', b'{', b'[]', b'[{}]', b'null', b'7',
            b'"{}"', b'{} {}', b'{}x', b'{}\0', b'{}\0x', b"{'a':1}",
            b'{a:1}', b'\0', b'\xef\xbb\xbf{', '{}'.encode('utf-16'),
            b'[' * 40000)
# In the place of a member of one.
NO_MEMBER = (b'"zz":1,"zz":2', b'"z\\u007a":1,"zz":1', b'"zz":"\\u0000"',
             b'"z\\u0000":1', b'"zz":"a\0b"', b'"zz":"\xff"',
             b'"zz":"\xc0\xaf"', b'"zz":"\xed\xa0\x80"',
             b'"zz":"\xf4\x90\x80\x80"', b'"zz":"\\ud800"',
             b'"zz":"\\udc00\\ud800"', b'"zz":"\\x41"', b'"zz":"\n"',
             b'"zz":NaN', b'"zz":-Infinity', b'"zz":1e400', b'"zz":-1e400',
             b'"zz":01', b'"zz":+1', b'"zz":.5', b'"zz":1.', b'"zz":0x1',
             b'"zz":True', b'"zz":', b'"zz"', b'"zz":1,', b'"zz":1//',
             b'"zz":' + b'[' * 200 + b']' * 200,
             b'"zz":' + b'{"a":' * 200 + b'1' + b'}' * 200)
NO_NUMBER = ('x', '', ' 1', '1 ', '+1', '0x1', '1e3', '1.5', '-', '--1',
             '9223372036854775808', '9' * 400, '\u0661', '1\n')
NO_COUNT = (0.5, -0.5, 1e300, -1e300, 2.0 ** 53, -2.0 ** 53,
            2.0 ** 63) + NO_NUMBER
NO_ID = ('UPPER', 'a b', '.a', '-a', 'a/b', 'a' * 65, 'a\n', '..', '\u00e9')
NO_SHA = ('', 'f' * 63, 'f' * 65, 'F' * 64, 'g' * 64, 'f' * 63 + '\n')
# As they stand in a path; what is no id is not found.
NO_SEGMENT = ('UPPER', 'a%20b', '.a', 'a' * 65, 'a' * 2000, '%2e%2e',
              '..%2f..%2fetc', 'a%00', '%', '%zz', '%F0%9F%90%BC', '%C3', '*',
              "'%20OR%201=1--", 'a;b', 'a%0d%0ab')
NO_ARGUMENT = ('zz=1', 'zz', 'Limit=1', 'limit%20=1', 'zz=1&zz=2')
WATCHED = ('/health', '/metrics')
NO_ESCAPE = ('%', '%zz', '%4', '%00', 'a%00b')
STRANGE = ('', ' ', '\u202eevil\u2066', '\U0001f43c\u200d\u2642\ufe0f',
           'a\u0300\u0301\u0302' * 8, 'a' * 60000, '\n\r\t', '\x1b[31m\x07',
           '\x7f\x80\u2028\ufeff', '\ufffe\uffff\U0010ffff',
           '\'"\\;--<script>&amp;', '../../../etc/passwd', '-rf', '%s%n',
           '1', 'null', '{"a":1}')


def kinds(schema):
    kind = schema.get('type', [])
    return {kind} if isinstance(kind, str) else set(kind)


def no_text(pattern):
    return NO_SHA if '{64}' in pattern else NO_ID


def unfit(schema):
    """Values that a schema without $ref does not allow, but for null."""
    kind = kinds(schema)
    if not kind:
        return
    for name, value in KINDS.items():
        if name not in kind and (name, 'number' in kind) != ('integer', True):
            yield value
    if 'integer' in kind:
        yield from NO_COUNT
        if schema['minimum'] == 0:
            yield from (-1, '-1', '-0.0')
    elif 'pattern' in schema:
        yield from no_text(schema['pattern'])


def in_form(name, text):
    """A form with a part of that name, and a file."""
    return b''.join((
        b'--bb\r\nContent-Disposition: form-data; name="', name.encode(),
        b'"\r\n\r\n', text, b'\r\n--bb\r\nContent-Disposition: form-data; '
        b'name="input"; filename="f"\r\n\r\nbytes\r\n--bb--\r\n'))


class Way:
    """A request whose body has JSON in it, and how that is refused."""

    def __init__(self, asker, method, path, part=None):
        self.asker, self.method, self.path = asker, method, path
        self.part = part

    def bytes(self, text):
        if self.part is None:
            return JSON, text
        return BOUNDARY, in_form(self.part, text)

    def refused(self, want, field, what, body):
        kind, body = self.bytes(json.dumps(body).encode())
        self.asker.refused(want, field, what, self.method, self.path, kind,
                           body)

    def unread(self, text):
        """What is no JSON: one part of a form is wrong like a member."""
        kind, body = self.bytes(text)
        self.asker.refused(400 if self.part is None else 422, self.part,
                           'JSON %r' % text, self.method, self.path, kind,
                           body)

    def taken(self, what, body):
        kind, body = self.bytes(json.dumps(body).encode())
        return self.asker.taken(what, self.method, self.path, kind, body)


class Asker(conform.Server):
    """Requests, and what there is to say of their answers."""

    def __init__(self, url, bodies, words):
        super().__init__(url)
        self.conn = http.client.HTTPConnection(self.host, timeout=10)
        self.words = words
        self.bodies = {}
        for line in bodies:
            method, template, text = line.split(' ', 2)
            text = re.sub('%([a-z_]+)%', lambda m: words[m[1]], text)
            self.bodies[method, template] = json.loads(text)
        shape = self.doc['components']['responses']['Error']['content']
        self.error = jsonschema.Draft202012Validator(
            dict(shape[JSON]['schema'],
                 components=self.closed['components']))

    def send(self, method, path, kind=None, body=None):
        """Status, headers and body of the answer; None if there is none."""
        try:
            c = self.conn
            c.putrequest(method, path, skip_accept_encoding=True)
            if kind is not None:
                c.putheader('Content-Type', kind)
            if body is not None:
                c.putheader('Content-Length', str(len(body)))
            c.endheaders(body)
            r = c.getresponse()
            if r.getheader('Content-Type') == STREAM:
                c.close()
                return r.status, r.headers, b''
            return r.status, r.headers, r.read()
        except (OSError, http.client.HTTPException) as e:
            self.conn.close()
            print('%s %s: no answer: %r' % (method, path[:200], e))
            return None

    def send_long(self, method, path, head, parts=()):
        """Sends what is too long; the status of the answer."""
        host, port = self.host.split(':')
        self.count += 1
        with socket.create_connection((host, int(port)), timeout=10) as s:
            try:
                s.sendall(('%s %s HTTP/1.1\r\nHost: %s\r\n%s\r\n' % (
                    method, path, self.host, head)).encode())
                for part in parts:
                    s.sendall(part)
            except OSError:
                pass        # the answer may be there already
            try:
                r = http.client.HTTPResponse(s, method=method)
                r.begin()
                text = r.read()
            except (OSError, http.client.HTTPException) as e:
                return repr(e)
        self.shape('%s %s: %s: ' % (method, path, head), r.status, None,
                   r.headers, text)
        return r.status

    def refused(self, want, field, what, method, path, kind=None, body=None):
        """Asks, and says what is not as it should be; the headers."""
        got = self.send(method, path, kind, body)
        self.count += 1
        if got is None:
            return {}
        name = '%s %s: %s: ' % (method, path[:200], what[:200])
        status, headers, text = got
        if status != want:
            print('%sstatus %d, not %d: %s' % (name, status, want,
                                               text[:200]))
        if status >= 300:
            self.shape(name, status, field if status == want else None,
                       headers, text)
        return headers

    def taken(self, what, method, path, kind=None, body=None):
        """Asks, and says what can be no answer; the status."""
        got = self.send(method, path, kind, body)
        self.count += 1
        if got is None:
            return None
        name = '%s %s: %s: ' % (method, path[:200], what[:200])
        status, headers, text = got
        if status >= 500:
            print('%sstatus %d: %s' % (name, status, text[:200]))
        elif status >= 300:
            value = self.shape(name, status, None, headers, text)
            if status == 422 and value.get('field') == '':
                print(name + 'of which member is it said that',
                      value.get('error'))
        elif headers.get('Content-Type') == JSON:
            json.loads(text, object_pairs_hook=conform.once)
        return status

    def shape(self, name, status, field, headers, text):
        if headers.get('Content-Type') != JSON:
            print(name + 'an error of type', headers.get('Content-Type'))
            return {}
        value = json.loads(text, object_pairs_hook=conform.once)
        for wrong in self.error.iter_errors(value):
            print(name + 'the error: ' + wrong.message)
        if value.get('status') != status:
            print(name + 'the error has status', value.get('status'))
        if not value.get('error'):
            print(name + 'the error says nothing')
        if not value.get('details'):
            print(name + 'nor what to do')
        # Of a list of one, the element is wrong or the list is.
        if field is not None and value.get('field', '').replace(
                '[0]', '') != field[:31]:
            print('%sis of field %r, not %r: %s' % (
                name, value.get('field'), field, value.get('error')))
        return value

    # What the document says.

    def whole(self, schema):
        while '$ref' in schema or 'anyOf' in schema:
            if 'anyOf' in schema:
                schema = schema['anyOf'][0]     # the other is null
                continue
            at = self.doc
            for step in schema['$ref'].split('/')[1:]:
                at = at[step]
            schema = at
        return schema

    def members(self, schema):
        """Its properties, those that must be there, whether others may."""
        schema = self.whole(schema)
        return ({n: self.whole(s) for n, s in schema['properties'].items()},
                schema.get('required', []),
                schema.get('additionalProperties') is not False)

    def objects(self, schema, value):
        """The objects that a value is, or is a list of: the schema, one
        of them, and what makes a value of one."""
        if 'properties' in schema:
            yield schema, value or {}, lambda o: o
        item = self.whole(schema.get('items', {}))
        if 'properties' in item:
            yield item, value[0] if value else {}, lambda o: [o]

    def sample(self, schema):
        schema = self.whole(schema)
        kind = kinds(schema)
        if 'array' in kind:
            return [self.sample(schema.get('items', {}))]
        return next((v for n, v in KINDS.items() if n in kind), 'text')

    def right(self, method, template, schema):
        """Members with which nothing is wrong, as far as is known."""
        if (method, template) in self.bodies:
            return self.bodies[method, template]
        props, needed, _ = self.members(schema)
        return {n: self.sample(props[n]) for n in needed}

    def path(self, template, **other):
        """The template with ids of what is there, or with others."""
        seg = template.split('/')
        for i, s in enumerate(seg):
            if s[:1] == '{':
                seg[i] = other.get(s[1:-1]) or self.words.get(
                    seg[i - 1], 'nobody' if s == '{id}' else 'f' * 64)
        return '/'.join(seg)

    def ways(self, method, template, op):
        """Where JSON can be in its body: ways, schemas, what is right."""
        path = self.path(template)
        for kind, told in op.get('requestBody', {}).get('content', {}).items():
            if kind == JSON:
                yield (Way(self, method, path), told['schema'],
                       self.right(method, template, told['schema']))
            if kind == FORM:
                props, _, _ = self.members(told['schema'])
                for n, s in props.items():
                    if 'properties' in s:
                        yield (Way(self, method, path, n), s,
                               self.right('FORM', template, s))

    def plain(self, method, template, op):
        """A type and a body that nothing is wrong with."""
        for way, _, right in self.ways(method, template, op):
            return way.bytes(json.dumps(right).encode())
        for kind in op.get('requestBody', {}).get('content', {}):
            return kind, b'x'
        return None, None


class Wrong(Asker):
    def methods(self, template, ops):
        there = {m.upper() for m in ops} | {'OPTIONS'}
        for method in METHODS:
            if method in there:
                continue
            h = self.refused(405, None, 'method', method,
                             self.path(template))
            allow = set(h.get('Allow', '').split(', '))
            if allow - {'HEAD'} != there or ('HEAD' in allow and
                                             'GET' not in allow):
                print(template + ': Allow is', allow)

    def paths(self, method, template, op):
        kind, body = self.plain(method, template, op)
        for p in op['parameters']:
            if p['in'] != 'path':
                continue
            sha = p['name'] == 'sha256'
            for segment in NO_SEGMENT + (NO_SHA[1:5] if sha else ()):
                self.refused(404, None, 'no ' + p['name'], method, self.path(
                    template, **{p['name']: segment}), kind, body)
            self.refused(404, None, 'unknown', method, self.path(template, **{
                p['name']: 'f' * 64 if sha else 'nobody'}), kind, body)

    def queries(self, method, template, op):
        kind, body = self.plain(method, template, op)
        # Those that watch may add what they like.
        if template not in WATCHED:
            for bad in NO_ARGUMENT:
                at = self.path(template) + '?' + bad
                self.refused(400, bad.split('=')[0], bad, method, at, kind,
                             body)
        for p in op['parameters']:
            if p['in'] != 'query':
                continue
            at = self.path(template) + '?' + p['name'] + '='
            for bad in NO_ESCAPE:
                self.refused(400, p['name'], bad, method, at + bad, kind,
                             body)
            self.refused(422, p['name'], 'twice', method, '%s1&%s=1' % (
                at, p['name']), kind, body)
            s = p['schema']
            bad = ()
            if s['type'] == 'integer':
                bad = NO_NUMBER + (str(s['minimum'] - 1),
                                   str(s['maximum'] + 1))
            elif 'pattern' in s:
                bad = no_text(s['pattern'])
            for text in bad:
                self.refused(422, p['name'], text, method,
                             at + urllib.parse.quote(text), kind, body)

    def members_of(self, way, schema, right, name='', place=lambda o: o):
        """Each member left out or unfit; place() puts the object where it
        belongs in the body."""
        props, needed, more = self.members(schema)

        def bad(what, n, member, **value):
            part = {k: v for k, v in right.items() if k != n}
            way.refused(422, name + member, what, place(dict(part, **value)))

        for n in needed:
            bad('without ' + n, n, n)
            bad(n + ' null', n, n, **{n: None})
        if not more:
            bad('another member', None, 'zz', zz=1)
        for n, s in props.items():
            for value in unfit(s):
                bad('%s %r' % (n, value), n, n, **{n: value})
            for value in unfit(self.whole(s.get('items', {}))):
                bad('%s [%r]' % (n, value), n, n, **{n: [value]})
            for below, there, put in self.objects(s, right.get(n)):
                self.members_of(
                    way, below, there, name + n + '.',
                    lambda o, n=n, put=put:
                    place(dict(right, **{n: put(o)})))

    def bodies_of(self, method, template, op):
        path = self.path(template)
        content = op['requestBody']['content']
        for kind in MISTYPED:
            self.refused(415, None, 'type %s' % kind, method, path, kind,
                         b'{}')
        for way, schema, right in self.ways(method, template, op):
            text = json.dumps(right).encode()[1:-1]
            text += b',' if text else b''
            for bad in NOT_JSON:
                way.unread(bad)
            for bad in NO_MEMBER:
                way.unread(b'{' + text + bad + b'}')
            self.members_of(way, schema, right)
        for kind in content:
            self.refused(411, None, 'no length', method, path, kind)
            self.too_long(method, path, kind)
        if FORM in content:
            for bad in b'', b'rubbish', b'--bb--\r\n', b'--bb\r\n', \
                    in_form('a', b'{}')[:-8]:
                self.refused(422, None, 'form %r' % bad, method, path,
                             BOUNDARY, bad)
            self.refused(422, None, 'no boundary', method, path, FORM,
                         in_form('a', b'{}'))

    def too_long(self, method, path, kind):
        """A length that is told; and JSON without one."""
        head = 'Content-Type: %s\r\n' % (BOUNDARY if kind == FORM else kind)
        got = [self.send_long(method, path, head +
                              'Content-Length: %d\r\n' % (1 << 40))]
        # The limit is one of two; what is far beyond it nobody reads.
        spaces = b'10000\r\n' + b' ' * 65536 + b'\r\n'
        for n in (2, 136) if kind == JSON else ():
            got.append(self.send_long(method, path, head +
                                      'Transfer-Encoding: chunked\r\n',
                                      [spaces] * n + [b'0\r\n\r\n']))
            if got[-1] == 413:
                break
        if got[0] != 413 or got[-1] != 413:
            print('%s %s: %s: %s, not 413' % (method, path, kind, got))

    def all(self):
        for template, ops in self.doc['paths'].items():
            self.methods(template, ops)
            for method, op in ops.items():
                method = method.upper()
                self.paths(method, template, op)
                self.queries(method, template, op)
                if 'requestBody' in op:
                    self.bodies_of(method, template, op)


class Strange(Asker):
    def texts(self, way, schema, right, place=lambda o: o):
        props, _, more = self.members(schema)
        for n, s in props.items():
            kind, values = kinds(s), []
            if not kind or 'string' in kind:
                values += STRANGE
            if not kind:
                values += KINDS.values()
            if 'array' in kind:
                values += [[v] for v in STRANGE]
                values += [[v] for v in KINDS.values()]
            for value in values:
                way.taken('%s %r' % (n, value),
                          place(dict(right, **{n: value})))
            for below, there, put in self.objects(s, right.get(n)):
                self.texts(way, below, there, lambda o, n=n, put=put:
                           place(dict(right, **{n: put(o)})))
        if more and way.taken('another member', place(
                dict(right, zz={'a': [1]}))) == 422:
            print(way.method, way.path + ': refuses what it does not know')

    def all(self):
        for template, ops in self.doc['paths'].items():
            for method, op in ops.items():
                method = method.upper()
                for way, schema, right in self.ways(method, template, op):
                    self.texts(way, schema, right)
                kind, body = self.plain(method, template, op)
                for p in op['parameters']:
                    at = '%s?%s=' % (self.path(template), p['name'])
                    for text in STRANGE if p['in'] == 'query' else ():
                        text = urllib.parse.quote(text[:12000])
                        self.taken(p['name'], method, at + text, kind, body)


def main():
    strange = sys.argv[1] == '-a'
    args = sys.argv[1 + strange:]
    with open(args[1], encoding='utf-8') as f:
        a = (Strange if strange else Wrong)(
            args[0], f.read().splitlines(),
            dict(word.split('=', 1) for word in args[2:]))
    a.all()
    if a.send('GET', '/health')[0] != 200:
        print('it is not well')
    print('%d answers' % a.count, file=sys.stderr)


main()
