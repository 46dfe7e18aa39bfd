#!/bin/sh
# Spool and outbox on small file systems of their own, without a free block
# and without a free inode: results are refused with 507, none is acknowledged
# that is not kept, and with room again it goes on by itself.
# shellcheck disable=SC2016 # what stands in quotes is for eval
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/master.sh
. "$PF_ROOT/t/lib/master.sh"
whole
PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" = 0 ] || skip_all 'only root can mount'
need mkfs.ext4 losetup mount curl

# small DIRECTORY: a file system of its own
small()
{
	truncate -s 8M "$1.image"
	mkfs.ext4 -q -F -N 300 -O ^has_journal "$1.image"
	mkdir -p "$1"
	mount -o loop "$1.image" "$1" 2>/dev/null ||
	    skip_all 'no loop devices here'
	at_end "umount -l '$1'"
}
small "$T/disk"
small "$T/w"
mkdir -p "$T/m"
ln -s "$T/disk/spool" "$T/m/spool"
mkdir "$T/disk/spool"
printf '%s\n' 'corpus_size = 2K' '[retry.communication]' 'max_retries = 1' \
    'initial_delay = 10ms' '[retry.update_recovery]' 'initial_delay = 10ms' \
    'max_delay = 20ms' '[circuit_breaker]' 'max_failures = 100' '[bot]' \
    'name = bot' "work_directory = $T/w" 'capabilities = libfuzzer' \
    >"$T/settings"
master_new - <"$T/settings"
sed -i 's/^disk_min_free = .*/disk_min_free = 0\ninodes_min_free = 0/' "$PF_CONF"
master_start httpd
: >"$T/promised"

rids() { cat "$@" 2>/dev/null | grep -ao '^[0-9a-f]\{64\} [0-9]*$' | cut -c 1-64; }
# post SEQ: a crash of 20 kB; sets code, and remembers what was promised
post()
{
	head -c "${size:-20000}" /dev/urandom >"$T/input"
	mkpack crash job-1 bot-1 -s "$1" "$T/input" >"$T/pack"
	code=$(curl -s -m 10 -D "$T/head" -o "$T/body" -w '%{http_code}' \
	    -H 'Content-Type: application/x-pandafuzz-pack' \
	    --data-binary "@$T/pack" "$url/api/v1/results/batch")
	[ "$code" != 200 ] || rids "$T/pack" >>"$T/promised"
}
blocks() { dd if=/dev/zero of="$1/filler" bs=1k 2>/dev/null; sync -f "$1"; }
inodes()
{
	mkdir -p "$1/many"
	(cd "$1/many" && seq 1 400 | xargs touch 2>/dev/null)
}
free_again() { rm -rf "${1:?}/filler" "${1:?}/many"; }
broken_promises()
{
	rids "$PF_SPOOL"/new/* | sort >"$T/kept"
	sort "$T/promised" | comm -23 - "$T/kept" | wc -l
}

post 1
is "$code" 200 'with room it is taken'
blocks "$T/disk"
for n in 2 3 4; do
	post $n
	is "$code" 507 'without a block it is not'
done
like "$(cat "$T/head")" '^[Rr]etry-[Aa]fter: [0-9]' 'and told when to come again'
like "$(cat "$T/body")" 'no space for results|No space left' 'and why'
is "$(find "$PF_SPOOL/new" "$PF_SPOOL/tmp" -type f | wc -l)" 1 'nothing is left of it'
free_again "$T/disk"
post 5
is "$code" 200 'with room again it goes on by itself'
inodes "$T/disk"
for n in 6 7; do
	post $n
	is "$code" 507 'without an inode it is not'
done
free_again "$T/disk"
post 8
is "$code" 200 'with inodes again it goes on by itself'
# Until it is full: some are taken, some not, and those that are stay.
size=200000
for n in $(seq 10 100); do
	post "$n"
	[ "$code" = 200 ] || break
done
is "$code" 507 'packs fill it until there is no room'
is "$(broken_promises)" 0 'what was acknowledged is all there, whole'
for f in "$PF_SPOOL"/new/*; do
	[ "$(rids "$f" | wc -l)" = 1 ] && tail -c 4 "$f" | grep -q 'END' || echo "$f"
done >"$T/torn"
empty "$T/torn" 'and nothing is torn'

# The reserve: refused before the disk is full.
rm -f "${PF_SPOOL:?}"/new/*
: >"$T/promised"
sed -i 's/^disk_min_free = .*/disk_min_free = 100M/' "$PF_CONF"
master_stop
rm -f "$T/m/httpd.out" "$T/m/sock"
master_start httpd
post 700
is "$code" 507 'less free than is to be kept: refused beforehand'
sed -i 's/^disk_min_free = .*/disk_min_free = 0/' "$PF_CONF"
master_stop
rm -f "$T/m/httpd.out" "$T/m/sock"
master_start httpd

# The outbox: what does not fit is not taken, what lies there is delivered.
pf-run -q -m "$url" 2>/dev/null
out=$T/w/slot-0/outbox
lay() { mkpack "$1" job-1 bot-1 -s "$2" -d "$out" "$T/input"; }
echo "some crash" >"$T/input"
lay crash 800 >/dev/null
head -c 3000 /dev/urandom >"$T/input"
lay corpus 801 >/dev/null
rids "$out"/new/* | sort >"$T/all"
somewhere()
{
	{
		rids "$out"/*/* "$PF_SPOOL"/new/*
		find "$out/bad" -name '*.rec' | sed 's|.*/||; s|\..*||'
	} | sort -u | comm -23 "$T/all" -
}
for full in blocks inodes; do
	$full "$T/w"
	check "$full: the outbox takes no more" 75 - '~No space left' \
	    lay crash 802
	pf-run -q -m "$url" 2>/dev/null
	is "$(somewhere)" '' "$full: no result is lost by trying"
	ok "$full: what the master takes has gone" \
	    eval '[ "$(rids "$PF_SPOOL"/new/* | wc -l)" -gt 0 ]'
	free_again "$T/w"
done
check 'with room again: no job' 1 - '~the master refused' pf-run -q -m "$url"
is "$(find "$out/new" "$out/cur" -type f | wc -l)" 0 'the outbox is empty'
is "$(find "$out/bad" -name '*.rec' | wc -l)" 1 'what was refused is kept'
is "$(somewhere)" '' 'and nothing is lost'
done_testing
