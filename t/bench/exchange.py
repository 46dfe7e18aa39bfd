#!/usr/bin/python3
"""exchange.py legs DIR URL A B C N | idle URL JOB BOTS PID | ratio URL JOB ...
- see exchange.

legs: N inputs are laid down as finds of job A (libFuzzer); when each is
delivered, filed, before B (libFuzzer) and C (AFL++), and used by them.
ratio: the answer that gives each job all that the others have, by its size.
idle: that many bots ask each second for news; what pf-httpd takes for it.
"""
import glob
import hashlib
import http.client
import json
import os
import random
import sqlite3
import sys
import threading
import time
import urllib.parse
import urllib.request


def find(pattern, limit=120):
    end = time.time() + limit
    while time.time() < end:
        got = glob.glob(pattern)
        if got:
            return got[0]
        time.sleep(0.05)
    sys.exit('there is no ' + pattern)


def metric(url, name):
    for line in urllib.request.urlopen(url + '/metrics').read().split(b'\n'):
        if line.startswith(name.encode() + b' '):
            return float(line.split()[1])
    return 0


def show(what, values, lost):
    v = sorted(values)
    if not v:
        print('%-44s none' % what)
        return
    print('%-44s median %5.2f s  p99 %5.2f s  most %5.2f s%s' % (
        what, v[len(v) // 2], v[min(len(v) - 1, int(len(v) * .99))], v[-1],
        '  (%d never)' % lost if lost else ''))


def legs(base, url, a, b, c, n):
    n = int(n)
    slots = base + '/w/slot-*/jobs/'
    corpus_a = find(slots + a + '/corpus')
    corpus_b = find(slots + b + '/corpus')
    log_b = find(slots + b + '/own/engine.log')
    queue_c = find(slots + c + '/out/pandafuzz/queue')
    find(slots + c + '/out/main/fuzzer_stats')
    main_c = queue_c.replace('pandafuzz', 'main')
    db = sqlite3.connect('file:%s/s/data/pandafuzz.db?mode=ro' % base,
                         uri=True, isolation_level=None)
    time.sleep(5)
    rows, before = [], metric(url, 'pandafuzz_http_exchanged_bytes_total')
    size = 0
    for i in range(n):
        text = hashlib.sha256(b'%d' % i).hexdigest()[:8].encode()
        sha = hashlib.sha256(text).hexdigest()
        # Not in step with what the bots do each second.
        time.sleep(random.random())
        tmp = base + '/in'
        with open(tmp, 'wb') as f:
            f.write(text)
        reloads = open(log_b, 'rb').read().count(b'\tRELOAD')
        start = time.time()
        os.rename(tmp, corpus_a + '/' + hashlib.sha1(text).hexdigest())
        at = {}
        while time.time() < start + 90 and len(at) < 6:
            t = time.time() - start
            if 'spool' not in at and (
                    glob.glob(base + '/p/new/*') + glob.glob(base + '/p/cur/*')
                    or 'filed' in at):
                at['spool'] = t
            if 'filed' not in at and db.execute(
                    'SELECT 1 FROM corpus WHERE hash = ?', (sha,)).fetchone():
                at['filed'] = t
            if 'b' not in at and os.path.exists(corpus_b + '/' + sha):
                at['b'] = t
            if 'c' not in at and glob.glob(queue_c + '/*,src:' + sha):
                at['c'] = t
                number = glob.glob(queue_c + '/*,src:' + sha)[0]
                number = number[number.index('/id:') + 4:][:6]
            if 'b used' not in at and open(log_b, 'rb').read().count(
                    b'\tRELOAD') > reloads:
                at['b used'] = t
            if 'c' in at and 'c used' not in at and glob.glob(
                    main_c + '/id:*,sync:pandafuzz,src:' + number + '*'):
                at['c used'] = t
            time.sleep(0.01)
        size += len(text)
        rows.append(at)
    sent = metric(url, 'pandafuzz_http_exchanged_bytes_total') - before

    def leg(what, frm, to):
        v = [r[to] - (r[frm] if frm else 0) for r in rows
             if to in r and (not frm or frm in r)]
        show(what, v, n - len(v))

    print('%d inputs, one after the other' % n)
    leg('found to delivered', None, 'spool')
    leg('delivered to filed', 'spool', 'filed')
    leg('filed to before libFuzzer', 'filed', 'b')
    leg('filed to before AFL++', 'filed', 'c')
    leg('delivered to before libFuzzer', 'spool', 'b')
    leg('delivered to before AFL++', 'spool', 'c')
    leg('delivered to used by libFuzzer', 'spool', 'b used')
    leg('delivered to imported by AFL++', 'spool', 'c used')
    lines = sum(1 for r in rows for w in ('b', 'c') if w in r)
    print('answers with inputs: %d bytes for %d of inputs that two bots '
          'lacked, %.1f more an input' % (
              sent, 2 * size, (sent - 2 * size) / max(lines, 1)))


def cpu(pid):
    with open('/proc/%s/stat' % pid, encoding='ascii') as f:
        w = f.read().rsplit(')', 1)[1].split()
    return (int(w[11]) + int(w[12])) / os.sysconf('SC_CLK_TCK')


def idle(url, job, bots, pid):
    host = urllib.parse.urlsplit(url).netloc
    path = '/api/v1/jobs/%s/shared?limit=512&after=0&epoch=1' % job
    conns = [http.client.HTTPConnection(host) for _ in range(int(bots))]
    waits, seconds = [], 10

    def some(mine):
        for r in range(seconds):
            begin = time.time()
            for c in mine:
                t = time.time()
                c.request('GET', path)
                assert c.getresponse().read()
                waits.append(time.time() - t)
            time.sleep(max(0, begin + 1 - time.time()))

    threads = [threading.Thread(target=some, args=(conns[i::4],))
               for i in range(4)]
    was = cpu(pid)
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    used = cpu(pid) - was
    waits.sort()
    print('%s bots that ask each second: %.2f %% of a processor, %.0f us a '
          'question, answered in %.1f ms (median), %.1f ms (p99)' % (
              bots, used * 100 / seconds, used * 1e6 / len(waits),
              waits[len(waits) // 2] * 1e3,
              waits[int(len(waits) * .99)] * 1e3))


def ratio(url, *jobs):
    sent, sizes = 0, []
    for job in jobs:
        path = '%s/api/v1/jobs/%s/shared' % (url, job)
        got = json.load(urllib.request.urlopen(path + '?limit=1024'))
        want = ','.join('%d' % i['cursor'] for i in got['inputs'])
        if not want:
            continue
        sizes += [i['size'] for i in got['inputs']]
        sent += len(urllib.request.urlopen('%s/bytes?want=%s&epoch=%d' % (
            path, want, got['epoch'])).read())
    sizes.sort()
    print('what each lacks of the others: %d inputs, half of them below %d '
          'bytes: %.3f bytes sent for each that is new there' % (
              len(sizes), sizes[len(sizes) // 2], sent / sum(sizes)))


{'legs': legs, 'idle': idle, 'ratio': ratio}[sys.argv[1]](*sys.argv[2:])
