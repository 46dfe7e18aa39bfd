/*
 * lease.pml - the lease of a job, as pf-internals(7) tells it, for spin(1).
 *
 * A master, two bots and one job; a network that loses, repeats and reorders
 * in both directions; bots that die and come back without their memory; time
 * that passes for everybody alike.  What must hold in every run:
 *
 *	- never do two bots run the job at a time;
 *	- the job is completed at most once, and by the token it has then;
 *	- it is never lost: it waits, is held, or is done.
 *
 * Each of these, defined, is a mistake that t/model/check must see caught:
 * NO_FENCE (a completion counts by its bot, whatever its token), NO_DEADLINE
 * (a bot works on without a lease), AGE_AT_REPLY (its deadline counts from
 * the reply, not from the request), SHORT_LEASE (the reaper ends a lease
 * before the bot's deadline).  ENDS makes the end of the job an error, to
 * see that it can be reached.
 */
#define BOTS	2
#define LEASE	2		/* ticks */
#define NONE	3
#ifndef REQUESTS
#define REQUESTS 3		/* of a bot, in all */
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 3
#endif
#ifndef LIVES
#define LIVES	2		/* a bot dies once */
#endif

#ifdef SHORT_LEASE
#define OVER	(age >= LEASE - 1)
#else
#define OVER	(age > LEASE)
#endif

mtype = { REGISTER, CLAIM, BEAT, COMPLETE };	/* requests */
mtype = { GRANT, NOTHING, RENEWED, STALE, TAKEN };	/* replies */

/* The master: what is in the database. */
bool waits = true, done = false;
byte holder = NONE, attempt = 0, age = 0, completions = 0;
byte life[BOTS];		/* incarnation it knows */

/* The bots. */
byte mylife[BOTS];
byte request[BOTS];		/* number of the last request */
byte since[BOTS];		/* ticks since it was sent */
bool open[BOTS];		/* its reply is waited for */
bool known[BOTS] = true;	/* registered in this life */
bool runs[BOTS];
byte token[BOTS], lease[BOTS];	/* of the job it runs; ticks used up */
byte running;			/* bots that run the job */

chan up = [2] of { mtype, byte, byte, byte, byte };	/* bot life nr token */
chan down[BOTS] = [1] of { mtype, byte, byte };		/* nr token */

#define REPLY(b, what, nr, tok) \
	if :: nfull(down[b]) -> down[b]!what, nr, tok \
	   :: full(down[b]) -> skip fi

inline requeue()
{
	holder = NONE; age = 0; waits = true
}

inline stop(b)
{
	if :: runs[b] -> runs[b] = false; running = running - 1
	   :: else -> skip fi;
	token[b] = 0; lease[b] = 0
}

inline claim(b, l, nr)
{
	if
	:: l != life[b] -> REPLY(b, STALE, nr, 0)
	:: l == life[b] && holder == b ->
		age = 0;
		REPLY(b, GRANT, nr, attempt)
	:: l == life[b] && waits && attempt < ATTEMPTS ->
		waits = false; holder = b; age = 0;
		attempt = attempt + 1;
		REPLY(b, GRANT, nr, attempt)
	:: else -> REPLY(b, NOTHING, nr, 0)
	fi
}

inline complete(b, l, nr, tok)
{
	if
#ifdef NO_FENCE
	:: holder == b ->
#else
	:: holder == b && l == life[b] && attempt == tok ->
#endif
		done = true; holder = NONE; age = 0;
		completions = completions + 1;
		assert(completions == 1);
		assert(attempt == tok);
#ifdef ENDS
		assert(false);
#endif
		REPLY(b, TAKEN, nr, tok)
	:: else ->
		/* The same once more, or a lease that is over. */
		if :: done && attempt == tok -> REPLY(b, TAKEN, nr, tok)
		   :: else -> REPLY(b, STALE, nr, tok) fi
	fi
}

active proctype Master()
{
	byte b, l, nr, tok;

end:	do
	:: d_step { up??REGISTER(b, l, nr, tok) ->
		if
		:: l != life[b] ->
			life[b] = l;
			if :: holder == b -> requeue() :: else -> skip fi
		:: else -> skip
		fi;
		REPLY(b, NOTHING, nr, 0); b = 0; l = 0; nr = 0; tok = 0 }
	:: d_step { up??CLAIM(b, l, nr, tok) ->
		claim(b, l, nr); b = 0; l = 0; nr = 0; tok = 0 }
	:: d_step { up??BEAT(b, l, nr, tok) ->
		if
		:: holder == b && l == life[b] && attempt == tok ->
			age = 0;
			REPLY(b, RENEWED, nr, tok)
		:: else -> REPLY(b, STALE, nr, tok)
		fi;
		b = 0; l = 0; nr = 0; tok = 0 }
	:: d_step { up??COMPLETE(b, l, nr, tok) ->
		complete(b, l, nr, tok); b = 0; l = 0; nr = 0; tok = 0 }
	od
}

/* A tick passes for all: first the bots' own deadlines, then the reaper. */
active proctype Time()
{
	byte k;

end:	do
	:: d_step {
		k = 0;
		do
		:: k < BOTS ->
			if :: since[k] < 3 -> since[k] = since[k] + 1
			   :: else -> skip fi;
			if :: runs[k] && lease[k] < 3 -> lease[k] = lease[k] + 1
			   :: else -> skip fi;
#ifndef NO_DEADLINE
			if :: runs[k] && lease[k] >= LEASE -> stop(k)
			   :: else -> skip fi;
#endif
			k = k + 1
		:: k >= BOTS -> break
		od;
		k = 0;
		if
		:: holder != NONE ->
			if :: age < 3 -> age = age + 1 :: else -> skip fi;
			if :: OVER -> requeue() :: else -> skip fi
		:: else -> skip
		fi;
		assert(done || waits || holder != NONE) }
	od
}

#define SEND(what, tok) \
	request[me] = request[me] + 1; since[me] = 0; open[me] = true; \
	up!what, me, mylife[me], request[me], tok
#define MAY	(!open[me] && request[me] < REQUESTS && nfull(up))
/* A reply counts if it is the one waited for; others meet a closed door. */
#define MINE	(open[me] && nr == request[me])

proctype Bot(byte me)
{
	byte nr, tok;

end:	do
	:: d_step { MAY && !known[me] -> SEND(REGISTER, 0) }
	:: d_step { MAY && known[me] && !runs[me] -> SEND(CLAIM, 0) }
	:: d_step { MAY && runs[me] -> SEND(BEAT, token[me]) }
	:: d_step { MAY && runs[me] -> tok = token[me]; stop(me);
		/* The engine has ended before anybody is told. */
		SEND(COMPLETE, tok); tok = 0 }
	/* No reply in time: the request is given up. */
	:: d_step { open[me] && since[me] >= 1 -> open[me] = false }
	:: d_step { down[me]??GRANT(nr, tok) ->
		if
#ifndef AGE_AT_REPLY
		/* Too late: the lease was over before it was known. */
		:: MINE && since[me] < LEASE ->
			lease[me] = since[me];
#else
		:: MINE ->
			lease[me] = 0;
#endif
			open[me] = false; token[me] = tok; runs[me] = true;
			running = running + 1;
			assert(running <= 1)
		:: else -> if :: MINE -> open[me] = false :: else -> skip fi
		fi;
		nr = 0; tok = 0 }
	:: d_step { down[me]??RENEWED(nr, tok) ->
		if
		:: MINE && runs[me] ->
#ifndef AGE_AT_REPLY
			lease[me] = since[me];
#else
			lease[me] = 0;
#endif
			open[me] = false
		:: else -> if :: MINE -> open[me] = false :: else -> skip fi
		fi;
		nr = 0; tok = 0 }
	:: d_step { down[me]??NOTHING(nr, tok) ->
		if :: MINE -> open[me] = false; known[me] = true
		   :: else -> skip fi;
		nr = 0; tok = 0 }
	:: d_step { down[me]??STALE(nr, tok) ->
		if :: MINE -> open[me] = false; known[me] = false; stop(me)
		   :: else -> skip fi;
		nr = 0; tok = 0 }
	:: d_step { down[me]??TAKEN(nr, tok) ->
		if :: MINE -> open[me] = false :: else -> skip fi;
		nr = 0; tok = 0 }
	/* It dies and comes back as somebody else. */
	:: d_step { mylife[me] + 1 < LIVES ->
		stop(me);
		mylife[me] = mylife[me] + 1; open[me] = false;
		known[me] = false }
	od
}

active proctype Network()
{
	mtype what;
	byte b, l, nr, tok;

end:	do
	:: d_step { nempty(up) -> up??what, b, l, nr, tok;
		what = CLAIM; b = 0; l = 0; nr = 0; tok = 0 }
	:: d_step { nempty(up) && nfull(up) -> up?<what, b, l, nr, tok>;
		up!what, b, l, nr, tok;
		what = CLAIM; b = 0; l = 0; nr = 0; tok = 0 }
	:: d_step { nempty(down[0]) -> down[0]?what, nr, tok;
		what = CLAIM; nr = 0; tok = 0 }
	:: d_step { nempty(down[1]) -> down[1]?what, nr, tok;
		what = CLAIM; nr = 0; tok = 0 }
	od
}

init
{
	atomic { run Bot(0); run Bot(1) }
}
