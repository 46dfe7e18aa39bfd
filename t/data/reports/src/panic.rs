// Ways for a Rust program to panic; the argument says which.
use std::collections::HashMap;

// The one of std is newer than Debian's compiler.
#[inline(never)]
fn black_box<T>(t: T) -> T {
    t
}

mod shop {
    pub struct Shelf<T> {
        pub items: Vec<T>,
    }

    impl<T: Copy> Shelf<T> {
        #[inline(never)]
        pub fn get(&self, at: usize) -> T {
            self.items[at]
        }
    }
}

#[inline(never)]
fn index(one: usize) {
    let s = shop::Shelf { items: vec![1u8, 2, 3] };
    println!("{}", s.get(one * 7));
}

#[inline(never)]
fn nothing(one: usize) {
    let m: HashMap<usize, usize> = HashMap::new();
    println!("{}", m.get(&one).unwrap());
}

#[inline(never)]
fn failed(one: usize) {
    let r: Result<u8, String> = Err(format!("shelf {one} fell"));
    println!("{}", r.expect("no shelf"));
}

#[inline(never)]
fn own_words(one: usize) {
    panic!("what is this: {}\nand a second line", one);
}

#[inline(never)]
fn overflow(one: usize) {
    let n = black_box(255u8);
    println!("{}", n + one as u8);
}

#[inline(never)]
fn divide(one: usize) {
    let n = black_box(one - 1);
    println!("{}", one / n);
}

#[inline(never)]
fn equal(one: usize) {
    assert_eq!(one, 2, "one is two");
}

#[inline(never)]
fn in_thread(one: usize) {
    let t = std::thread::Builder::new()
        .name("worker".to_string())
        .spawn(move || index(one))
        .unwrap();
    t.join().unwrap();
}

#[inline(never)]
fn borrow(one: usize) {
    let c = std::cell::RefCell::new(one);
    let _a = c.borrow_mut();
    println!("{}", *c.borrow_mut());
}

#[inline(never)]
fn descend(n: usize) -> usize {
    let a = black_box([n; 64]);
    if n == usize::MAX {
        return 0;
    }
    descend(n + 1) + a[n % 64]
}

struct Again;

impl Drop for Again {
    fn drop(&mut self) {
        panic!("again");
    }
}

#[inline(never)]
fn twice(one: usize) {
    let _a = Again;
    own_words(one);
}

#[inline(never)]
fn utf8(one: usize) {
    let s = black_box("\u{e4}bc");
    println!("{}", &s[one..]);
}

fn main() {
    let one = std::env::args().count() - 1;
    let word = std::env::args().nth(1).unwrap();
    match word.as_str() {
        "index" => index(one),
        "nothing" => nothing(one),
        "failed" => failed(one),
        "words" => own_words(one),
        "overflow" => overflow(one),
        "divide" => divide(one),
        "equal" => equal(one),
        "thread" => in_thread(one),
        "borrow" => borrow(one),
        "deep" => println!("{}", descend(one)),
        "twice" => twice(one),
        "utf8" => utf8(one),
        _ => std::process::exit(64),
    }
}
