/*
 * ends.pml - that a job ends, for spin(1); lease.pml tells what must never
 * happen, this what must happen at last.
 *
 * A master, two bots and one job.  A tick passes when each bot that is there
 * has had its turn: what is sent arrives within a tick or is lost.  So many
 * messages are lost, so many times a bot dies and comes back without its
 * memory, and so many bots go for ever (but one stays); then all goes well.
 * In every fair run the job is done at last.
 *
 * Mistakes that t/model/check must see caught: NO_REQUEUE (the end of a lease
 * does not put the job back: it is lost), NO_AGAIN (who holds the job asks,
 * is told that there is none, and by asking keeps it).
 */
#define BOTS	2
#define LEASE	2		/* ticks */
#define WORK	2		/* turns that the job takes */
#define NONE	3
#ifndef LOSSES
#define LOSSES	6
#endif
#ifndef DEATHS
#define DEATHS	3
#endif

byte losses = LOSSES, deaths = DEATHS, leaves = BOTS - 1;

/* The master. */
bool done = false;
byte holder = NONE, attempt = 0, age = 0;
byte life[BOTS];

/* The bots. */
bool there[BOTS] = true, turn[BOTS] = true, known[BOTS] = true;
bool runs[BOTS], ended[BOTS];	/* its engine; it is over, to be told */
byte mylife[BOTS], token[BOTS], worked[BOTS], lease[BOTS];

bool asked, answered;		/* what became of one exchange */

inline exchange()
{
	if :: asked = true :: losses > 0 -> losses--; asked = false fi;
	if :: asked -> answered = true
	   :: asked && losses > 0 -> losses--; answered = false
	   :: !asked -> answered = false fi
}

inline forget(b)
{
	runs[b] = false; ended[b] = false; token[b] = 0; worked[b] = 0;
	lease[b] = 0
}

inline requeue()
{
	holder = NONE; age = 0
}

inline register(b)
{
	if :: asked && life[b] != mylife[b] ->
		life[b] = mylife[b];
		if :: holder == b -> requeue() :: else fi
	   :: else fi;
	if :: answered -> known[b] = true :: else fi
}

inline claim(b)
{
	if
	:: asked && life[b] != mylife[b] ->
		if :: answered -> known[b] = false :: else fi
#ifdef NO_AGAIN
	:: asked && life[b] == mylife[b] && holder == b -> age = 0
#else
	:: asked && life[b] == mylife[b] && holder == b ->
		age = 0;
		if :: answered -> runs[b] = true; token[b] = attempt; lease[b] = 0
		   :: else fi
#endif
	:: asked && life[b] == mylife[b] && holder == NONE && !done ->
		holder = b; age = 0; attempt++;
		if :: answered -> runs[b] = true; token[b] = attempt; lease[b] = 0
		   :: else fi
	:: else
	fi
}

inline beat(b)
{
	worked[b]++;
	if
	:: asked && holder == b && token[b] == attempt ->
		age = 0;
		if :: answered -> lease[b] = 0 :: else fi
	:: asked && !(holder == b && token[b] == attempt) && answered ->
		forget(b)
	:: else
	fi;
	if :: runs[b] && worked[b] >= WORK -> runs[b] = false; ended[b] = true
	   :: else fi
}

inline complete(b)
{
	if :: asked && holder == b && token[b] == attempt ->
		done = true; holder = NONE; age = 0
	   :: else fi;
	/* Taken, taken before, or stale: it is over for the bot. */
	if :: answered -> forget(b) :: else fi
}

proctype Bot(byte me)
{
end:	do
	:: atomic { there[me] && turn[me] && !done ->
		turn[me] = false;
		exchange();
		if
		:: !known[me] -> register(me)
		:: known[me] && ended[me] -> complete(me)
		:: known[me] && !ended[me] && runs[me] -> beat(me)
		:: else -> claim(me)
		fi;
		asked = false; answered = false }
	:: atomic { there[me] && deaths > 0 && !done ->
		deaths--; mylife[me]++; known[me] = false; forget(me) }
	:: atomic { there[me] && leaves > 0 && !done ->
		leaves--; there[me] = false; turn[me] = false; forget(me) }
	od
}

/* Who is there has had its turn: a tick, and what it ends. */
active proctype Time()
{
	byte k;

end:	do
	:: atomic { !turn[0] && !turn[1] && !done ->
		k = 0;
		do
		:: k < BOTS ->
			turn[k] = there[k];
			if :: runs[k] ->
				lease[k]++;
				if :: lease[k] >= LEASE -> forget(k) :: else fi
			   :: else fi;
			k++
		:: k >= BOTS -> break
		od;
		k = 0;
		if :: holder != NONE ->
			if :: age <= LEASE -> age++ :: else fi;
#ifndef NO_REQUEUE
			if :: age > LEASE -> requeue() :: else fi
#endif
		   :: else fi }
	od
}

init
{
	atomic { run Bot(0); run Bot(1) }
}

ltl ends { <> done }
