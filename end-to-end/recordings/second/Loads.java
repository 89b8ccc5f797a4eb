import java.io.FileInputStream;
import java.io.FileWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;

/** Loads of the second corpus: {@code java Loads.java NAME [NUMBER ...]}. None ends by itself. */
class Loads {
    static final long BEGIN = System.nanoTime();
    static final List<Object> HELD = new ArrayList<>();

    static double now() {
        return (System.nanoTime() - BEGIN) / 1e9;
    }

    static long burn(double seconds) {
        long end = System.nanoTime() + (long) (seconds * 1e9);
        long x = 1;
        while (System.nanoTime() < end) {
            for (int i = 0; i < 5000; i++) {
                x = x * 6364136223846793005L + 1442695040888963407L;
            }
        }
        return x;
    }

    static void work(double busy) throws Exception {
        System.out.println("at " + Math.round(now()) + " " + burn(0.4 * busy));
        try (FileWriter out = new FileWriter("results.txt", true)) {
            out.write("j".repeat(30_000));
        }
        Thread.sleep((long) Math.max(0, 1000 * (1 - 0.4 * busy)));
    }

    static byte[] megabytes(double n) {
        byte[] block = new byte[(int) (n * (1 << 20))];
        for (int i = 0; i < block.length; i += 4096) {
            block[i] = 1;
        }
        return block;
    }

    public static void main(String[] words) throws Exception {
        double[] n = new double[words.length];
        for (int i = 1; i < words.length; i++) {
            n[i] = Double.parseDouble(words[i]);
        }
        switch (words[0]) {
            case "deadlock" -> deadlock(n[1]);
            case "leak" -> {
                for (;;) {
                    for (int i = 0; i < 4; i++) {
                        megabytes(n[3]);
                    }
                    if (now() > n[1]) {
                        HELD.add(megabytes(n[2]));
                    }
                    work(0.2);
                }
            }
            case "files" -> {
                for (int turn = 0;; turn++) {
                    if (now() > n[1] && turn % (int) n[2] == 0) {
                        HELD.add(new FileInputStream("/etc/passwd"));
                    }
                    work(0.15);
                }
            }
            case "parallel" -> {
                while (now() < n[1]) {
                    work(0.3);
                }
                for (;;) {
                    System.out.println(LongStream.range(0, 3_000_000_000L).parallel().map(i -> i * i % 7).sum());
                }
            }
            case "phases" -> {
                ExecutorService pool = Executors.newFixedThreadPool((int) n[1]);
                for (int i = 0; i < n[1]; i++) {
                    pool.submit(() -> burn(n[2]));
                }
                pool.shutdown();
                for (;;) {
                    burn(0.8);
                    work(0.1);
                }
            }
            case "few" -> {
                for (;;) {
                    HELD.clear();
                    HELD.add(megabytes(20));
                    work(n[1]);
                }
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    static void deadlock(double onset) throws Exception {
        Object a = new Object();
        Object b = new Object();
        Thread other = new Thread(() -> turns(b, a, onset));
        other.start();
        turns(a, b, onset);
    }

    static void turns(Object first, Object second, double onset) {
        try {
            while (now() < onset) {
                work(0.15);
            }
            synchronized (first) {
                Thread.sleep(500);
                synchronized (second) {
                    System.out.println("never");
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
