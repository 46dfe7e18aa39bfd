/*
 * Runs of a crash: how many are made, and when no more are needed.
 */
#include "codec/odds.h"
#include "t/lib/tap.h"

/* Each of the words is a run: s as the known crash, o another, . none, v one
 * that tells nothing.  How many are asked for, if that goes on for ever. */
static struct pf_odds
play(int64_t want, const char *word)
{
	struct pf_odds t = { .want = want };
	size_t i;

	for (i = 0; !pf_odds_done(&t) && i < 1000; i++)
		switch (word[i % strlen(word)]) {
		case 's':
			pf_odds_add(&t, true, true);
			break;
		case 'o':
			pf_odds_add(&t, true, false);
			break;
		case 'v':
			pf_odds_void(&t);
			break;
		default:
			pf_odds_add(&t, false, true);
			break;
		}
	return t;
}

int
main(void)
{
	struct pf_odds t;

	t = play(10, "s");
	is_int(t.runs, PF_ODDS_STEADY, "always the same: a few are enough");
	is_int(t.same, PF_ODDS_STEADY, "all of which are counted");
	t = play(3, "s");
	is_int(t.runs, 3, "but never more than wanted");
	t = play(10, ".");
	is_int(t.runs, 10, "that it never crashes takes all of them");
	is_int(t.crashed, 0, "none did");
	is_int(t.same, 0, "and what did not crash is never the same");
	t = play(10, "o");
	is_int(t.runs, 10, "always another crash: all of them");
	is_int(t.crashed, 10, "crashes");
	is_int(t.same, 0, "none the same");
	t = play(10, "ssss.");
	is_int(t.runs, 10, "one that fails in time takes all of them");
	is_int(t.same, 8, "counted as they were");
	t = play(10, ".s");
	is_int(t.runs, 10, "a late beginning too");
	is_int(t.crashed, 5, "half of them");
	t = play(10, "v");
	is_int(t.runs, 0, "runs that tell nothing count as none");
	is_int(t.void_runs, 11, "and are not made for ever");
	t = play(4, "vs");
	is_int(t.runs, 4, "a few of them do no harm");
	t = play(0, "s");
	is_int(t.runs, 0, "none wanted, none made");
	return done_testing();
}
