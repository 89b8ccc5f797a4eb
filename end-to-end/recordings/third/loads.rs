// Loads of the third corpus: `loads NAME [NUMBER ...]`. None ends by itself. Seconds count from $BEGUN, in which a shell
// wrote down when the run began: it takes a moment to be compiled.
use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

fn now() -> f64 {
    let begun: f64 = std::env::var("BEGUN").expect("BEGUN").parse().expect("a number");
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64() - begun
}

fn rest(seconds: f64) {
    thread::sleep(Duration::from_secs_f64(seconds.max(0.0)));
}

fn burn(seconds: f64) -> u64 {
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut x: u64 = 88172645463325252;
    while Instant::now() < end {
        for _ in 0..20_000 {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
    }
    x
}

/// A second of ordinary work: some CPU time, a line, some bytes of results.
fn work(busy: f64) {
    let found = burn(busy);
    println!("after {:.0} s: {:x}", now(), found);
    let mut out = OpenOptions::new().create(true).append(true).open("results").unwrap();
    out.write_all(&[b'.'; 24_000]).unwrap();
    rest(1.0 - busy);
}

fn work_until(second: f64, busy: f64) {
    while now() < second {
        work(busy);
    }
}

fn megabytes(n: f64) -> Vec<u8> {
    let mut block = vec![0u8; (n * 1048576.0) as usize];
    for page in (0..block.len()).step_by(4096) {
        block[page] = 1;
    }
    block
}

fn tell_progress(share: f64) {
    fs::write(".slotwarden-progress.new", format!("{:.4}\n", share.min(1.0))).unwrap();
    fs::rename(".slotwarden-progress.new", ".slotwarden-progress").unwrap();
}

/// So many a second are made and kept from some second on, by a program that works on.
fn keep<T>(onset: f64, rate: f64, busy: f64, mut make: impl FnMut() -> T) {
    let mut kept = Vec::new();
    loop {
        while (kept.len() as f64) < (now() - onset) * rate {
            kept.push(make());
        }
        work(busy);
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let n = |i: usize| -> f64 { words[i].parse().unwrap() };
    match words[0].as_str() {
        // Threads that wait for a word that nobody says.
        "condition" => {
            work_until(n(1), 0.3);
            let never = Arc::new((Mutex::new(false), Condvar::new()));
            let threads: Vec<_> = (0..3)
                .map(|_| {
                    let never = Arc::clone(&never);
                    thread::spawn(move || {
                        let mut said = never.0.lock().unwrap();
                        while !*said {
                            said = never.1.wait(said).unwrap();
                        }
                    })
                })
                .collect();
            threads.into_iter().for_each(|each| each.join().unwrap());
        }
        // A thread waits for a flag that another one forgot to set, without ever sleeping.
        "flag" => {
            work_until(n(1), 0.5);
            let set = AtomicBool::new(false);
            while !set.load(Ordering::Acquire) {
                std::hint::spin_loop();
            }
        }
        "memory" => {
            let _first = megabytes(n(3));
            keep(n(1), 1.0, 0.25, || megabytes(n(2)));
        }
        // The process that leaks is not the one that speaks.
        "memory_in_child" => {
            let _child = Command::new(std::env::current_exe().unwrap())
                .args(["memory", &words[1], &words[2], "30"])
                .stdout(File::create("child.log").unwrap())
                .spawn()
                .unwrap();
            work_until(1e9, 0.15);
        }
        "udp" => keep(n(1), n(2), 0.3, || UdpSocket::bind("127.0.0.1:0").unwrap()),
        "folders" => keep(n(1), n(2), 0.3, || File::open("/usr/share").unwrap()),
        "children" => keep(n(1), n(2), 0.3, || -> Child { Command::new("sleep").arg("10000").spawn().unwrap() }),
        "threads" => {
            work_until(n(1), 0.3);
            let more: Vec<_> = (1..n(2) as usize).map(|_| thread::spawn(|| loop { burn(0.5); })).collect();
            loop {
                burn(0.9);
                println!("{} threads at {:.0} s", more.len() + 1, now());
            }
        }
        // A ledger that is made durable after each line.
        "ledger" => {
            work_until(n(1), 0.3);
            let mut ledger = File::create("ledger").unwrap();
            loop {
                for i in 0..20_000 {
                    ledger.write_all(format!("entry {:06} of the ledger, in order\n", i).as_bytes()).unwrap();
                    ledger.sync_data().unwrap();
                }
            }
        }
        "overrun" => loop {
            tell_progress(now() / n(1));
            work(0.3);
        },
        "near" => {
            let mut held = vec![megabytes(n(2))];
            work_until(n(1), 0.3);
            held.push(megabytes(n(3)));
            work_until(1e9, 0.3);
        }
        "flood" => {
            work_until(n(1), 0.3);
            let threads: Vec<_> = (0..2)
                .map(|_| {
                    thread::spawn(|| {
                        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
                        let block = [7u8; 1300];
                        loop {
                            let _ = socket.send_to(&block, "10.9.9.2:9");
                        }
                    })
                })
                .collect();
            threads.into_iter().for_each(|each| each.join().unwrap());
        }
        "member" => {
            let _held = megabytes(n(2));
            work_until(1e9, n(1));
        }
        // What is read goes into a queue that is emptied whenever it is full.
        "batches" => {
            let mut queue: VecDeque<Vec<u8>> = VecDeque::new();
            loop {
                queue.push_back(megabytes(n(1)));
                if queue.len() as f64 >= n(2) {
                    queue = VecDeque::new();
                }
                work(0.25);
            }
        }
        // A table that is read once, slower as it grows, and kept.
        "table" => {
            let mut table: Vec<Vec<u8>> = Vec::new();
            loop {
                let more = (n(1) - table.len() as f64) * 0.035;
                for _ in 0..more.round() as usize {
                    table.push(megabytes(1.0));
                }
                work(0.4);
            }
        }
        "connections" => {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let port = listener.local_addr().unwrap().port();
            thread::spawn(move || {
                for caller in listener.incoming() {
                    let mut caller = caller.unwrap();
                    thread::spawn(move || {
                        let mut question = [0u8; 200];
                        while caller.read_exact(&mut question).is_ok() {
                            caller.write_all(&[b'a'; 3000]).unwrap();
                        }
                    });
                }
            });
            let mut turn = 0;
            loop {
                let mut callers: Vec<_> =
                    (0..4 + turn % 13).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
                for caller in &mut callers {
                    caller.write_all(&[b'q'; 200]).unwrap();
                    caller.read_exact(&mut [0u8; 3000]).unwrap();
                }
                work(0.2);
                turn += 1;
            }
        }
        "by_turns" => loop {
            let until = now() + n(1);
            work_until(until, 0.5);
            rest(n(2));
        },
        other => panic!("no load {}", other),
    }
}
