// Bugs that C++ has: names with templates and namespaces, exceptions that
// nobody catches, the wrong delete, undefined behaviour of its own.
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "bug.h"

namespace shop {

struct base {
	virtual ~base() { }
	virtual int price(int n) { return n; }
};

struct other {
	virtual ~other() { }
	virtual int weight(int n) { return n * 2; }
};

enum colour { red, green, blue };

class trouble { };

template<typename T>
class shelf {
public:
	explicit shelf(size_t n) : v(new T[n]) { }
	~shelf() { delete[] v; }
	__attribute__((noinline)) T &operator[](size_t i) { return v[i]; }
	__attribute__((noinline)) void put(size_t i, const T &t) { v[i] = t; }
private:
	T *v;
};

struct unfinished {
	unfinished() { call(); }
	virtual ~unfinished() { }
	__attribute__((noinline)) void call() { act(); }
	virtual void act() = 0;
};

struct finished : unfinished {
	void act() override { }
};

} // namespace shop

static volatile int zero;

BUG
template_write(int one)
{
	shop::shelf<long> s(static_cast<size_t>(one) * 4);

	s.put(static_cast<size_t>(one) * 4, one);
}

BUG
template_read(int one)
{
	shop::shelf<std::pair<int, char>> s(static_cast<size_t>(one) * 4);

	sink = s[static_cast<size_t>(one) * 4].first;
}

BUG
in_lambda(int one)
{
	int *volatile p = new int[4];
	auto f = [p](int n) __attribute__((noinline)) { return p[n]; };

	sink = f(one * 4);
	delete[] p;
}

BUG
freed_method(int one)
{
	shop::base *volatile b = new shop::base;

	delete b;
	sink = b->price(one);
}

BUG
wrong_delete(int one)
{
	int *volatile p = new int[4];

	p[one] = 1;
	delete p;
}

BUG
wrong_free(int one)
{
	int *volatile p = new int;

	*p = one;
	free(p);
}

BUG
past_size(int one)
{
	std::vector<int> v;
	int *volatile p;

	v.reserve(10);
	v.push_back(one);
	p = v.data();
	sink = p[one * 5];
}

BUG
throw_error(int one)
{
	throw std::runtime_error("shelf " + std::to_string(one) + " fell");
}

BUG
throw_int(int one)
{
	throw one;
}

BUG
throw_own(int one)
{
	if (one)
		throw shop::trouble();
}

BUG
at(int one)
{
	std::vector<int> v(4);

	sink = v.at(static_cast<size_t>(one) * 7);
}

BUG
terminate(int one)
{
	sink = one;
	std::terminate();
}

BUG
joinable(int one)
{
	std::thread t([one] { sink = one; });
}

BUG
no_exception(int one) noexcept
{
	throw one;
}

BUG
pure(int one)
{
	shop::finished f;

	sink = one;
}

BUG
big(int one)
{
	std::vector<char> v;

	v.reserve(static_cast<size_t>(one) << 63);
	sink = v.capacity();
}

BUG
bracket(int one)
{
	std::vector<int> v(4);

	sink = v[static_cast<size_t>(one) * 9];
}

BUG
odd_enum(int one)
{
	int n = one * 77;
	shop::colour c;

	memcpy(static_cast<void *>(&c), &n, sizeof(c));
	sink = *static_cast<volatile shop::colour *>(&c);
}

BUG
wrong_object(int one)
{
	shop::other *o = new shop::other;
	shop::base *volatile b = reinterpret_cast<shop::base *>(o);

	sink = b->price(one);
	delete o;
}

BUG
null_member(int one)
{
	shop::base *volatile b = zero ? new shop::base : nullptr;

	sink = b->price(one);
}

static __attribute__((noinline)) int
nothing(int one)
{
	if (one == 2)
		return 1;
}

BUG
no_return(int one)
{
	sink = nothing(one);
}

static __attribute__((noinline)) long
half(long n)
{
	return n / 2;
}

BUG
wrong_function(int one)
{
	void *volatile p = reinterpret_cast<void *>(half);

	sink = reinterpret_cast<int (*)(int)>(p)(one);
}

static std::mutex left, right;
static std::recursive_mutex again;

static KEEP void
other_order(void)
{
	std::lock_guard<std::mutex> r(right), l(left);

	sink++;
}

BUG
inversion(int one)
{
	{
		std::lock_guard<std::mutex> l(left), r(right);

		sink = one;
	}
	std::thread(other_order).join();
}

static KEEP void
other_kind(void)
{
	std::unique_lock<std::mutex> l(left);
	std::lock_guard<std::recursive_mutex> r(again);

	sink++;
}

BUG
kinds(int one)
{
	{
		std::lock_guard<std::recursive_mutex> r(again);
		std::unique_lock<std::mutex> l(left);

		sink = one;
	}
	std::thread(other_kind).join();
}

static const struct bug bugs[] = {
	{ "template-write", template_write },
	{ "template-read", template_read },
	{ "lambda", in_lambda },	{ "freed-method", freed_method },
	{ "wrong-delete", wrong_delete }, { "wrong-free", wrong_free },
	{ "inversion", inversion },	{ "kinds", kinds },
	{ "past-size", past_size },	{ "throw-error", throw_error },
	{ "throw-int", throw_int },	{ "throw-own", throw_own },
	{ "at", at },			{ "terminate", terminate },
	{ "joinable", joinable },
	{ "noexcept", reinterpret_cast<void (*)(int)>(no_exception) },
	{ "pure", pure },		{ "big", big },
	{ "bracket", bracket },		{ "enum", odd_enum },
	{ "wrong-object", wrong_object }, { "null-member", null_member },
	{ "no-return", no_return },	{ "function", wrong_function },
};

int
main(int argc, char **argv)
{
	return choose(bugs, NBUGS, argc, argv);
}
