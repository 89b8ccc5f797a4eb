import java.util.ArrayList;
import java.util.List;

/** Makes garbage and collects it: `java Garbage.java MEGABYTES-KEPT [MEGABYTES-LEAKED-A-SECOND]`. */
class Garbage {
    public static void main(String[] arguments) throws InterruptedException {
        int kept = Integer.parseInt(arguments[0]);
        double leaked = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 0;
        List<byte[]> cache = new ArrayList<>();
        List<byte[]> leak = new ArrayList<>();
        for (int i = 0; i < kept; i++) {
            cache.add(new byte[1 << 20]);
        }
        for (int turn = 0; ; turn++) {
            for (int i = 0; i < 30; i++) {
                cache.set((turn * 30 + i) % kept, new byte[1 << 20]);
                compute();
                Thread.sleep(12);
            }
            double seconds = turn * 0.5;
            while (leak.size() < leaked * seconds) {
                leak.add(new byte[1 << 20]);
            }
            System.out.println("turn " + turn + ", " + cache.get(0).length);
        }
    }

    /** Some milliseconds. */
    private static void compute() {
        double value = 1;
        for (long end = System.nanoTime() + 7_000_000; System.nanoTime() < end; ) {
            value = Math.sqrt(value + 1);
        }
        if (value < 0) {
            throw new AssertionError();
        }
    }
}
