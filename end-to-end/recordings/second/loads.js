// Loads of the second corpus: `node loads.js NAME [NUMBER ...]`. None ends by itself.
const fs = require('fs');
const net = require('net');
const { fork, spawn } = require('child_process');
const begin = Date.now();
const now = () => (Date.now() - begin) / 1000;
const held = [];

function burn(seconds) {
  const end = Date.now() + seconds * 1000;
  let x = 1;
  while (Date.now() < end) for (let i = 0; i < 5000; i++) x = (x * 16807) % 2147483647;
  return x;
}

function work(busy, bytes = 25000) {
  burn(0.4 * busy);
  console.log(`turn ${now().toFixed(0)}`);
  fs.appendFileSync('results.txt', 'n'.repeat(bytes));
}

const megabytes = (n) => Buffer.alloc(Math.round(n * 1048576), 7);
const sleep = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

const loads = {
  async leak(onset, rate, first) {
    held.push(megabytes(first));
    for (;;) {
      if (now() > onset) held.push(megabytes(rate));
      work(0.2);
      await sleep(0.8);
    }
  },
  // Objects that become garbage, and a few that stay for a while.
  async garbage(perTurn, kept) {
    let turn = 0;
    for (;;) {
      const young = [];
      for (let i = 0; i < perTurn * 1000; i++) young.push({ i, text: `object ${i}` });
      held[turn++ % kept] = young;
      work(0.1);
      await sleep(0.6);
    }
  },
  // A master hands out work in turn; one of the workers never answers.
  async one_of_several(onset, workers) {
    const answers = [];
    const children = Array.from({ length: workers }, () => fork(__filename, ['worker']));
    for (;;) {
      await Promise.all(children.map((child, i) => new Promise((resolve) => {
        child.once('message', resolve);
        child.send({ busy: 0.12, silent: i === 1 && now() > onset });
      })));
      answers.push(now());
      console.log(`round ${answers.length}`);
      await sleep(0.5);
    }
  },
  async worker() {
    process.on('message', (m) => {
      if (m.silent) return;
      work(m.busy);
      process.send('done');
    });
  },
  async connections(onset, pause, port) {
    work(0.1);
    for (let last = 0; ;) {
      if (now() > onset && now() - last > pause) {
        held.push(net.connect(port, '127.0.0.1'));
        held[held.length - 1].on('error', (e) => { console.log(e.message); process.exit(1); });
        last = now();
      }
      work(0.15);
      await sleep(0.8);
    }
  },
  async children(onset, pause) {
    for (let last = 0; ;) {
      if (now() > onset && now() - last > pause) {
        held.push(spawn('tail', ['-f', '/dev/null']));
        last = now();
      }
      work(0.15);
      await sleep(0.8);
    }
  },
  async storm(onset, count) {
    for (let done = false; ;) {
      if (now() > onset && !done) {
        for (let i = 0; i < count; i++) held.push(spawn('sleep', ['500'], { stdio: 'ignore' }));
        done = true;
      }
      work(0.2);
      await sleep(0.8);
    }
  },
  async near_limit(onset, first, then) {
    held.push(megabytes(first));
    for (;;) {
      if (now() > onset && held.length < 2) held.push(megabytes(then));
      work(0.25);
      await sleep(0.7);
    }
  },
  // Many small files, each made, read and removed.
  async small_files(onset, atATime) {
    for (let n = 0; ;) {
      if (now() < onset) {
        work(0.2);
        await sleep(0.8);
        continue;
      }
      for (let i = 0; i < atATime; i++, n++) {
        fs.writeFileSync(`small.${n % 4000}`, 'a'.repeat(700));
        if (n % 2) fs.readFileSync(`small.${n % 4000}`);
      }
      await sleep(0);
    }
  },
  async requests() {
    const server = net.createServer((s) => s.on('data', (d) => { burn(0.01); s.write(d); }));
    server.listen(0, '127.0.0.1', async () => {
      for (let n = 0; ; n++) {
        await new Promise((resolve) => {
          const s = net.connect(server.address().port, '127.0.0.1');
          s.on('data', () => { s.end(); resolve(); });
          s.write('x'.repeat(2000));
        });
        if (n % 20 === 0) work(0.02, 5000);
        await sleep(0.1);
      }
    });
  },
};

const [name, ...numbers] = process.argv.slice(2);
loads[name](...numbers.map(Number));
