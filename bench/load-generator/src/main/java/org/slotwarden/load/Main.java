package org.slotwarden.load;

import java.io.IOException;
import java.nio.file.Path;

/** {@code run}, {@code audit} and {@code feed}; see {@code bench/load-generator/load-generator}. */
public final class Main {

    private Main() {}

    public static void main(String[] words) throws IOException, InterruptedException {
        try {
            String what = words.length == 0 ? "" : words[0];
            Options options = new Options(words, Math.min(1, words.length), Run.OPTIONS, Run.SWITCHES);
            boolean well = switch (what) {
                case "run" -> new Run(options).run();
                case "audit" -> Audit.run(Told.load(Path.of(options.need("record"))), options);
                case "feed" -> new Feed(options).run();
                default -> throw new IllegalArgumentException("say run, audit or feed");
            };
            System.exit(well ? 0 : 1);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }
}
