# shellcheck shell=sh
# Many crashes at once, as rows that no report was filed for: for tests of what
# the writer makes of them.

# crash_rows DATABASE JOB N STATES: so many inputs, of reports of so many stacks
crash_rows()
{
	sqlite3 "$1" "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1
    FROM n WHERE i < $3)
INSERT INTO crashes (id, job_id, bot_id, hash, file_path, type, signal,
    exit_code, timestamp, size, is_unique, tool, stack, output, command,
    engine, count, first_seen, last_seen, bucket, rid, target_hash, report)
SELECT printf('%08x-0000-7000-8000-%012x', i * 2654435761 & 0xffffffff, i),
    '$2', 'b', printf('%064x', i), printf('crashes/x/%064x', i), 'segfault',
    11, -1, i, 10, 1, 'asan', '', printf('==%d==ERROR: AddressSanitizer: ' ||
    'heap-buffer-overflow on address 0x6020%08x at pc 0x1 bp 0x2 sp 0x3' ||
    char(10) || '    #0 0x1 in xmalloc /b/a.c:12:3' || char(10) ||
    '    #1 0x2 in get_%d /b/g.c:9:1' || char(10) ||
    '    #2 0x3 in parse /b/p.c:1:7' || char(10), i, i, i % $4),
    '', 'libfuzzer', 1, i, i, '', printf('%064x', i), '', 0 FROM n"
}
