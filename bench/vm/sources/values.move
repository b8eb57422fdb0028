// Vectors, structs, enums and generics. Every function has a twin in ../assembly.
module 0xbe7c::values {
    use std::string;
    use std::vector;

    struct Point has copy, drop { x: u64, y: u64 }
    struct Body has copy, drop { at: Point, speed: Point, mass: u32, alive: bool }
    struct Pair<A, B> has copy, drop { first: A, second: B }
    struct Stack<T> has drop { items: vector<T> }
    enum Shape has copy, drop {
        Circle { radius: u64 },
        Square { side: u64 },
        Rectangle { width: u64, height: u64 }
    }

    /// Fills a vector with numbers, sorts it and gives a checksum.
    public fun sort(n: u64): u64 {
        let items = vector[];
        let x = 1;
        let i = 0;
        while (i < n) {
            x = (x * 1103515245 + 12345) % 2147483648;
            vector::push_back(&mut items, x);
            i = i + 1;
        };
        shell_sort(&mut items);
        let check = 0;
        i = 0;
        while (i < n) {
            check = (check * 31 + *vector::borrow(&items, i)) % 2147483648;
            i = i + 1;
        };
        check
    }

    fun shell_sort(items: &mut vector<u64>) {
        let n = vector::length(items);
        let gap = n / 2;
        while (gap > 0) {
            let i = gap;
            while (i < n) {
                let item = *vector::borrow(items, i);
                let j = i;
                while (j >= gap && *vector::borrow(items, j - gap) > item) {
                    *vector::borrow_mut(items, j) = *vector::borrow(items, j - gap);
                    j = j - gap;
                };
                *vector::borrow_mut(items, j) = item;
                i = i + 1;
            };
            gap = gap / 2;
        };
    }

    public fun structs(n: u64): u64 {
        let body = Body { at: Point { x: 0, y: 0 }, speed: Point { x: 3, y: 5 }, mass: 7, alive: true };
        let i = 0;
        while (i < n) {
            let next = moved(body);
            if (next.at.x > 1000000) next.at = Point { x: 0, y: next.at.y % 1000 };
            next.mass = (next.mass + 1) % 1000;
            body = next;
            i = i + 1;
        };
        body.at.x * 1000 + body.at.y + (body.mass as u64)
    }

    fun moved(body: Body): Body {
        let Body { at, speed, mass, alive } = body;
        Body { at: Point { x: at.x + speed.x, y: at.y + speed.y }, speed, mass, alive }
    }

    public fun enums(n: u64): u64 {
        let shape = Shape::Circle { radius: 1 };
        let total = 0;
        let i = 0;
        while (i < n) {
            total = (total + area(&shape)) % 1000000007;
            shape = next(shape);
            i = i + 1;
        };
        total
    }

    fun area(shape: &Shape): u64 {
        match (shape) {
            Shape::Circle { radius } => 3 * *radius * *radius,
            Shape::Square { side } => *side * *side,
            Shape::Rectangle { width, height } => *width * *height,
        }
    }

    fun next(shape: Shape): Shape {
        match (shape) {
            Shape::Circle { radius } => Shape::Square { side: radius + 1 },
            Shape::Square { side } => Shape::Rectangle { width: side, height: side + 1 },
            Shape::Rectangle { width, height } => Shape::Circle { radius: (width + height) % 1000 },
        }
    }

    public fun containers(n: u64): u64 {
        let numbers = Stack<u64> { items: vector[] };
        let pairs = Stack<Pair<u64, u8>> { items: vector[] };
        let total = 0;
        let i = 0;
        while (i < n) {
            push(&mut numbers, i);
            push(&mut pairs, Pair { first: i * 3, second: ((i % 200) as u8) });
            if (i % 4 == 3) {
                total = total + pop(&mut numbers);
                let Pair { first, second } = pop(&mut pairs);
                total = total + first + (second as u64);
            };
            i = i + 1;
        };
        total + vector::length(&numbers.items) + vector::length(&pairs.items)
    }

    fun push<T>(stack: &mut Stack<T>, item: T) { vector::push_back(&mut stack.items, item) }
    fun pop<T>(stack: &mut Stack<T>): T { vector::pop_back(&mut stack.items) }

    /// Decimal numbers and commas, byte by byte.
    public fun bytes(n: u64): u64 {
        let text = vector<u8>[];
        let i = 0;
        while (i < n) {
            append_number(&mut text, i);
            vector::push_back(&mut text, 44);
            i = i + 1;
        };
        checksum(&text)
    }

    /// The same as a string, of a checked and appended piece a number.
    public fun strings(n: u64): u64 {
        let text = string::utf8(b"");
        let i = 0;
        while (i < n) {
            let piece = vector<u8>[];
            append_number(&mut piece, i);
            string::append(&mut text, string::utf8(piece));
            string::append(&mut text, string::utf8(b", "));
            i = i + 1;
        };
        checksum(string::bytes(&text))
    }

    fun append_number(text: &mut vector<u8>, number: u64) {
        let digits = vector<u8>[];
        loop {
            vector::push_back(&mut digits, 48 + ((number % 10) as u8));
            number = number / 10;
            if (number == 0) break;
        };
        while (!vector::is_empty(&digits)) vector::push_back(text, vector::pop_back(&mut digits));
    }

    fun checksum(text: &vector<u8>): u64 {
        let check = 0;
        let i = 0;
        let length = vector::length(text);
        while (i < length) {
            check = (check * 31 + (*vector::borrow(text, i) as u64)) % 2147483648;
            i = i + 1;
        };
        check
    }
}
