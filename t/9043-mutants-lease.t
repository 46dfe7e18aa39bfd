#!/bin/sh
# Broken programs again: leases, and that the tests of many bots, of late
# ones and of clocks see it.
# shellcheck source-path=SCRIPTDIR source=lib/tap.sh
. "$(dirname "$0")/lib/tap.sh"
# shellcheck source-path=SCRIPTDIR source=lib/mutant.sh
. "$PF_ROOT/t/lib/mutant.sh"
whole
need make gcc sqlite3 socat clang jq faketime unshare

mutant no_again lib/act/claim.c 's/	if (again) {/	if (again \&\& b.drain) {/' \
    pf-sched
export PF_JOBS=200
failing no_again 9050-claim-storm.t 'a lost grant that is not given again' \
    'every job is completed'

# Whoever names the job speaks for the lease that it has now.
mutant any_token lib/act/common.c '/^pf_need_token/,/^}/{
	s/^	if ((err = pf_assignment_get.*/	{\
		struct pf_job now;\
		if (pf_job_get(\&now, a->db, job) == NULL)\
			epoch = now.epoch, attempt = now.attempt;\
	}\
&/
	s/ || strcmp(as->bot, bot) != 0//
}' pf-sched
failing any_token 9050-claim-storm.t 'the same, by a storm with late bots' \
    'by the bot that was told so'
export PF_ROUNDS=0
failing any_token 9060-paused-bot.t 'a token that is not looked at' \
    'a completion with the old token is refused'

# Bots are told of more time than the reaper gives them.
mutant long_lease lib/codec/conf.c '/^pf_conf_lease_ms/,/^}/s/return /return 3 * /' \
    pf-sched
failing long_lease 9050-claim-storm.t 'a lease that ends before its bot gives up' \
    'whose leases had not run out'

mutant wall_ticks lib/act/tick.c \
    's/counted ? length(a, &t, at) : 0;/counted ? length(a, \&t, at) * 0 + a->now - 1700000000000 - t.passed : 0;/' \
    pf-sched
failing wall_ticks 9065-clocks.t 'leases by the wall clock' \
    'the clock \+1 day|away for an hour|eleven days'
done_testing
