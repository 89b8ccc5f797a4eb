package org.slotwarden.storagewatch.replay;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for a dCache: answers on a loopback port what a recorded one answered, on the paths of its frontend
 * and of its old httpd. Asks for no login. A mover that is ended by DELETE is not listed any more until the
 * recording begins again.
 */
public final class ReplayServer implements AutoCloseable {

    private static final Pattern API = Pattern.compile("/api/v1/([A-Za-z0-9_./@-]{1,200})");
    private static final Pattern KILL = Pattern.compile("/api/v1/pools/([A-Za-z0-9_-]{1,100})/movers/(\\d{1,18})");

    private final HttpServer server;
    private final Clock clock;
    private final Recording recording;
    private final @Nullable Path replacements;
    private final Set<Ended> ended = ConcurrentHashMap.newKeySet();

    private record Ended(long round, String pool, String mover) {}

    /**
     * @param port 0: any
     * @param replacements file with lines OLD=NEW, read for each answer: each text that is OLD becomes NEW; null: none
     */
    public ReplayServer(int port, Recording recording, @Nullable Path replacements, Clock clock) throws IOException {
        this.clock = clock;
        this.recording = recording;
        this.replacements = replacements;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(
                Executors.newFixedThreadPool(2, Thread.ofPlatform().daemon().factory()));
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            Matcher kill = KILL.matcher(path);
            if (exchange.getRequestMethod().equals("DELETE") && kill.matches()) {
                ended.add(new Ended(recording.round(clock.millis()), kill.group(1), kill.group(2)));
                reply(exchange, 200, "{\"status\":\"success\"}");
                return;
            }
            String answer = exchange.getRequestMethod().equals("GET") ? answer(path) : null;
            if (answer == null) {
                reply(exchange, 404, "{\"detail\":\"HTTP 404 Not Found\",\"title\":\"Not Found\",\"status\":\"404\"}");
            } else {
                reply(exchange, 200, answer);
            }
        }
    }

    private @Nullable String answer(String path) throws IOException {
        long now = clock.millis();
        if (path.equals("/context/transfers.json")) {
            String transfers = recording.answer("transfers.json", now);
            return transfers == null ? null : replaced(bareList(transfers));
        }
        if (path.equals("/info/pools")) {
            return recording.answer("info_pools.xml", now);
        }
        Matcher api = API.matcher(path);
        if (!api.matches()) {
            return null;
        }
        String resource = api.group(1).replace('/', '_') + ".json";
        String text = recording.answer(resource, now);
        if (text == null) {
            return null;
        }
        Matcher movers = Pattern.compile("pools_(.+)_movers\\.json").matcher(resource);
        return replaced(movers.matches() ? withoutEnded(text, movers.group(1), recording.round(now)) : text);
    }

    /** As the old httpd has it: the list alone. */
    private static String bareList(String transfers) {
        int begin = transfers.indexOf('[');
        int end = transfers.lastIndexOf(']');
        return begin < 0 || end < begin ? "[]" : transfers.substring(begin, end + 1);
    }

    /** The recorded lists are flat: an object for each mover. */
    private String withoutEnded(String movers, String pool, long round) {
        String text = movers;
        for (Ended mover : ended) {
            if (mover.round == round && mover.pool.equals(pool)) {
                text = text.replaceAll("\\{[^{}]*\"moverId\" ?: ?" + mover.mover + "\\b[^{}]*\\},?", "");
            }
        }
        return text.replaceAll(",\\s*\\]", "]");
    }

    private String replaced(String text) throws IOException {
        String result = text;
        for (Map.Entry<String, String> each : replacements().entrySet()) {
            result = result.replace("\"" + each.getKey() + "\"", "\"" + each.getValue() + "\"");
        }
        return result;
    }

    private Map<String, String> replacements() throws IOException {
        Map<String, String> pairs = new HashMap<>();
        if (replacements != null && Files.exists(replacements)) {
            for (String line : Files.readAllLines(replacements)) {
                int sign = line.indexOf('=');
                if (sign > 0) {
                    String text = line.substring(sign + 1).strip();
                    pairs.put(
                            line.substring(0, sign).strip(),
                            text.replace("\\", "\\\\").replace("\"", "\\\""));
                }
            }
        }
        return pairs;
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Server", "dCache/12.0.1");
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
