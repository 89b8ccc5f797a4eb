package org.slotwarden.judging.replay;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of comma-separated values with a line of names first, read line by line (RFC 4180, without line breaks inside
 * of quotes). Lines have a greatest length, so that no file takes all memory.
 */
final class CsvFile implements Closeable {

    private static final int LONGEST_LINE = 65_536;

    private final Path path;
    private final Problems problems;
    private final InputStream in;
    private final byte[] line = new byte[LONGEST_LINE];
    private final Map<String, Integer> columns = new HashMap<>();
    private final int width;
    private long number;

    /**
     * @throws IOException when there is no such regular file, when it cannot be read, or when it has no line of names;
     *     the message says which
     */
    CsvFile(Path path, Problems problems) throws IOException {
        this.path = path;
        this.problems = problems;
        if (!Files.exists(path)) {
            throw new IOException("no such file");
        }
        // Whatever else it is, opening it might wait for ever.
        if (!Files.isRegularFile(path)) {
            throw new IOException("no regular file");
        }
        this.in = new BufferedInputStream(Files.newInputStream(path), 1 << 16);
        List<String> names = next();
        if (names == null) {
            in.close();
            throw new IOException("empty, where a line with the names of columns was expected");
        }
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i).strip();
            if (columns.putIfAbsent(i == 0 ? name.replace("\uFEFF", "") : name, i) != null && !name.isEmpty()) {
                problem("column \"" + name + "\" comes twice, the first counts");
            }
        }
        this.width = names.size();
    }

    /** Which column has this name; -1 when none has. */
    int column(String name) {
        return columns.getOrDefault(name, -1);
    }

    /** Number of the line that was read last, from 1 on. */
    long line() {
        return number;
    }

    void problem(String what) {
        problems.report(path, number, what);
    }

    /** The cells of the next line that has as many as there are columns; null at the end of the file. */
    @Nullable
    List<String> row() throws IOException {
        for (List<String> cells = next(); cells != null; cells = next()) {
            if (cells.size() == width) {
                return cells;
            }
            problem("%d cells where there are %d columns: line passed over".formatted(cells.size(), width));
        }
        return null;
    }

    /** NaN when the cell is empty or, which is a problem, no number. */
    double number(List<String> row, int column, String name) {
        String cell = column < 0 ? "" : row.get(column).strip();
        if (cell.isEmpty()) {
            return Double.NaN;
        }
        try {
            double value = Double.parseDouble(cell);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        problem("%s is no number: \"%s\", taken as not known".formatted(name, cell));
        return Double.NaN;
    }

    private @Nullable List<String> next() throws IOException {
        while (true) {
            int length = 0;
            boolean tooLong = false;
            int c = in.read();
            if (c < 0) {
                return null;
            }
            number++;
            for (; c >= 0 && c != '\n'; c = in.read()) {
                if (length < LONGEST_LINE) {
                    line[length++] = (byte) c;
                } else {
                    tooLong = true;
                }
            }
            if (tooLong) {
                problem("longer than %d bytes: line passed over".formatted(LONGEST_LINE));
                continue;
            }
            if (length > 0 && line[length - 1] == '\r') {
                length--;
            }
            if (length > 0) {
                return cells(new String(line, 0, length, StandardCharsets.UTF_8));
            }
        }
    }

    private static List<String> cells(String text) {
        List<String> cells = new ArrayList<>();
        int at = 0;
        while (true) {
            int end;
            if (at < text.length() && text.charAt(at) == '"') {
                StringBuilder cell = new StringBuilder();
                end = at + 1;
                while (end < text.length()) {
                    char c = text.charAt(end++);
                    if (c != '"') {
                        cell.append(c);
                    } else if (end < text.length() && text.charAt(end) == '"') {
                        cell.append('"');
                        end++;
                    } else {
                        break;
                    }
                }
                int comma = text.indexOf(',', end);
                cells.add(cell + text.substring(end, comma < 0 ? text.length() : comma));
                end = comma;
            } else {
                end = text.indexOf(',', at);
                cells.add(text.substring(at, end < 0 ? text.length() : end));
            }
            if (end < 0) {
                return cells;
            }
            at = end + 1;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
