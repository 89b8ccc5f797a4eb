package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.http.PlainText;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageHost;

/** Addresses of doors and pools: as dCache tells them, resolved here, and as the configuration adds. */
public final class HostBook {

    private static final int MAX_NAME_BYTES = 200;
    private static final int MOST_NAMES_OF_ONE = 20;
    private static final long RESOLVE_SECONDS = 5;

    /**
     * A host as it is told.
     *
     * @param host name or address
     * @param port 0: any
     */
    public record Told(String host, int port, StorageHost.Role role, String name) {}

    private final List<Told> configured;
    private final Map<String, Told> pools = new HashMap<>();
    private final Map<String, List<String>> addresses = new HashMap<>();

    /** Pools that were asked, and names that were resolved, since it was all to be asked for again. */
    private final Set<String> asked = new HashSet<>();

    private final Set<String> resolved = new HashSet<>();
    private List<Told> doors = List.of();

    public HostBook(List<Told> configured) {
        this.configured = List.copyOf(configured);
    }

    /** The answer of {@code /api/v1/doors}. */
    void readDoors(InputStream in) throws IOException {
        List<Told> found = new ArrayList<>();
        Json.read(
                in,
                document -> Json.elements(document, door -> {
                    List<String> hosts = new ArrayList<>();
                    long[] port = {0};
                    String[] name = {""};
                    Json.fields(door, (field, value) -> {
                        switch (field) {
                            case "addresses" ->
                                Json.elements(value, each -> {
                                    String host = Json.text(each);
                                    if (host != null && hosts.size() < MOST_NAMES_OF_ONE) {
                                        hosts.add(host);
                                    }
                                });
                            case "port" -> {
                                Long number = Json.number(value);
                                port[0] = number == null || number < 0 || number > 65_535 ? 0 : number;
                            }
                            case "identifier" -> {
                                String text = Json.text(value);
                                name[0] = text == null ? "" : PlainText.cut(text, MAX_NAME_BYTES);
                            }
                            default -> {}
                        }
                    });
                    for (String host : hosts) {
                        if (found.size() < WireContract.MAX_STORAGE_HOSTS) {
                            found.add(new Told(host, (int) port[0], StorageHost.Role.DOOR, name[0]));
                        }
                    }
                }));
        doors = found;
        // A name that had no address may have one by now.
        resolved.removeIf(name -> addresses.getOrDefault(name, List.of()).isEmpty());
    }

    /** The answer of {@code /api/v1/pools/POOL/usage}: the pool's tag {@code hostname}, where its site set one. */
    void readPool(String pool, InputStream in) throws IOException {
        @Nullable String[] host = new String[1];
        Json.read(
                in,
                document -> Json.fields(document, (name, data) -> {
                    if (name.equals("poolData")) {
                        Json.fields(data, (part, details) -> {
                            if (part.equals("detailsData")) {
                                Json.fields(details, (field, tags) -> {
                                    if (field.equals("tagMap")) {
                                        Json.fields(tags, (tag, value) -> {
                                            if (tag.equals("hostname")) {
                                                host[0] = Json.text(value);
                                            }
                                        });
                                    }
                                });
                            }
                        });
                    }
                }));
        String found = host[0];
        asked.add(pool);
        pools.put(pool, new Told(found == null ? "" : found, 0, StorageHost.Role.POOL, pool));
    }

    /** The pool was asked and did not tell. */
    void notTold(String pool) {
        asked.add(pool);
    }

    /** Those that are to be asked. */
    List<String> unasked(Set<String> all) {
        pools.keySet().retainAll(all);
        asked.retainAll(all);
        return all.stream().filter(pool -> !asked.contains(pool)).toList();
    }

    /** Names are resolved anew, pools asked again. What is known counts until then: agents would forget the rest. */
    void askAgain() {
        asked.clear();
        resolved.clear();
    }

    /** With a look at names that were not resolved yet, five seconds at most for all of them. */
    public List<StorageHost> hosts() throws InterruptedException {
        List<Told> all = new ArrayList<>(configured);
        all.addAll(doors);
        pools.values().stream().filter(told -> !told.host.isEmpty()).forEach(all::add);
        List<String> names = new ArrayList<>(new LinkedHashSet<>(all.stream()
                .map(Told::host)
                .filter(host -> !resolved.contains(host))
                .toList()));
        resolve(names);
        Set<StorageHost> hosts = new LinkedHashSet<>();
        for (Told told : all) {
            for (String address : addresses.getOrDefault(told.host, List.of())) {
                StorageHost.Builder host = StorageHost.newBuilder()
                        .setAddress(address)
                        .setRole(told.role)
                        .setName(told.name);
                if (told.port > 0) {
                    host.setPort(told.port);
                }
                if (hosts.size() < WireContract.MAX_STORAGE_HOSTS) {
                    hosts.add(host.build());
                }
            }
        }
        return List.copyOf(hosts);
    }

    /** Of a name server that does not answer, we have the answers of before it. */
    private void resolve(List<String> names) throws InterruptedException {
        if (names.isEmpty()) {
            return;
        }
        FutureTask<Map<String, List<String>>> task = new FutureTask<>(() -> {
            Map<String, List<String>> found = new HashMap<>();
            for (String name : names) {
                found.put(name, resolve(name));
            }
            return found;
        });
        Thread.ofPlatform().daemon().name("names").start(task);
        try {
            task.get(RESOLVE_SECONDS, TimeUnit.SECONDS).forEach((name, found) -> {
                resolved.add(name);
                if (!found.isEmpty()) {
                    addresses.put(name, found);
                }
            });
        } catch (TimeoutException | ExecutionException e) {
            task.cancel(true);
        }
    }

    private static List<String> resolve(String name) {
        String literal = Addresses.numeric(name);
        if (literal != null) {
            return List.of(literal);
        }
        if (!name.matches("[A-Za-z0-9._-]{1,253}")) {
            return List.of();
        }
        try {
            List<String> found = new ArrayList<>();
            for (InetAddress address : InetAddress.getAllByName(name)) {
                String text = Addresses.numeric(address.getHostAddress());
                if (text != null) {
                    found.add(text);
                }
            }
            return found;
        } catch (UnknownHostException e) {
            return List.of();
        }
    }
}
