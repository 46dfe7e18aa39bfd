/*
 * Twelve bugs of C++ for t/6110-triage-builds.t, in what has no name of its
 * own or is around such a thing: compilers differ in how they call that.  As
 * in bugs.c the first byte of the input says which one, the others change the
 * way to it.
 */
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <stdexcept>
#include <string>
#include <thread>

struct input {
	const uint8_t	*p;
	size_t		 n;
};

static volatile int zero;
static char *volatile kept;

static uint8_t
next(input *in)
{
	if (in->n == 0)
		return 0;
	in->n--;
	return *in->p++;
}

namespace {

int
read_cell(input *in)
{
	int n = 5 + next(in) % 8, v;

	kept = static_cast<char *>(malloc(n));
	v = kept[n + zero];
	free(kept);
	return v + 1;
}

class writer {
	char	*row;
public:
	explicit writer(size_t n) : row(static_cast<char *>(malloc(n))) { }
	~writer() { free(row); }
	int
	put(size_t at)
	{
		kept = row;
		kept[at] = 1;
		return kept[0] + 2;
	}
	int
	dive(int depth)
	{
		volatile char room[200];

		room[depth % 200] = 1;
		return dive(depth + 1) + room[3];
	}
};

struct page {
	char	*text = static_cast<char *>(malloc(8));
	void	drop() { free(text); }
};

int
take_word(const std::string &s, size_t at)
{
	if (at > 40)
		throw std::runtime_error("too long a word");
	return s.at(at) + zero;
}

}

namespace shop {

template<typename T> int
close_twice(T &t)
{
	t.drop();
	kept = t.text;
	t.drop();
	return kept[0] + 3;
}

static struct {
	int
	stamp(int n)
	{
		char line[16];

		for (int i = 0; i <= 16 + n % 4; i++)
			const_cast<volatile char *>(line)[i] = i;
		kept = line;
		return kept[2] + 4;
	}
} press;

}

class till {
	int	sum = 0;
public:
	int
	count(input *in)
	{
		int n = 3 + next(in) % 9;
		std::function<int(int)> coin = [this](int at) {
			sum += kept[at + zero];
			return sum + 1;
		};

		kept = static_cast<char *>(malloc(n));
		return coin(n) + 5;
	}
};

static int
in_thread(input *in)
{
	int n = 4 + next(in) % 7;
	std::thread t([n] {
		kept = static_cast<char *>(malloc(n));
		free(kept);
		kept[n / 2] = 1;
	});

	t.join();
	return n + 6;
}

static int
each(int (*f)(int), int n)
{
	return f(n) + f(n + 1);
}

static int
by_pointer(input *in)
{
	kept = static_cast<char *>(malloc(4));
	return each([](int at) -> int {
		kept[at + 4] = 2;
		return kept[0] + 1;
	}, next(in) % 8) + 7;
}

static int
by_type(input *in)
{
	auto at = [](auto *p, int n) { return p[n + zero] + 1; };
	int n = 2 + next(in) % 9;

	kept = static_cast<char *>(malloc(n * sizeof(short)));
	return at(reinterpret_cast<short *>(kept), n) + 8;
}

static int
of_nobody(input *in)
{
	struct shelf {
		int	 size, *item;
		/* Or it is given what it reads. */
		__attribute__((noipa)) int
		get(int i)
		{
			return item[i] + size;
		}
	} *volatile s = nullptr;

	return s->get(next(in)) + 9;
}

static int
run(input *in, int which)
{
	page p;
	size_t n;

	switch (which) {
	case 'a':
		return read_cell(in);
	case 'b':
		n = 6 + next(in) % 5;
		return writer(n).put(n + zero);
	case 'c':
		return till().count(in);
	case 'd':
		return in_thread(in);
	case 'e':
		return by_pointer(in);
	case 'f':
		return shop::close_twice(p) + 1;
	case 'g':
		return of_nobody(in);
	case 'h':
		return shop::press.stamp(next(in));
	case 'i':
		return take_word("word", 5 + next(in) % 9) + 1;
	case 'j':
		return take_word("word", 50 + next(in) % 9) + 2;
	case 'k':
		return writer(9).dive(next(in) % 7);
	case 'l':
		return by_type(in);
	default:
		return 0;
	}
}

static int
read_group(input *in, int which, int depth)
{
	int v;

	if (depth == 0)
		return run(in, which) + 1;
	v = read_group(in, which, depth - 1);
	return v * 2 + zero;
}

int
main(int argc, char *argv[])
{
	input in;
	int which, v;

	if (argc != 2)
		return 64;
	in.p = reinterpret_cast<const uint8_t *>(argv[1]);
	in.n = strlen(argv[1]);
	which = next(&in);
	v = read_group(&in, which, next(&in) % 6);
	printf("%d\n", v);
	return 0;
}
