package org.slotwarden.storagewatch.dcache;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slotwarden.wire.WireContract;

/** All pools and their groups: {@code /api/v1/pools}. */
final class PoolList {

    private static final int MAX_NAME = 200;

    private final Map<String, List<String>> groups = new TreeMap<>();
    private int leftOut;

    static PoolList read(InputStream in) throws IOException {
        PoolList list = new PoolList();
        boolean[] isList = new boolean[1];
        Json.read(in, document -> {
            isList[0] = document.isExpectedStartArrayToken();
            Json.elements(document, pool -> {
                @Nullable String[] name = new String[1];
                List<String> groups = new ArrayList<>();
                Json.fields(pool, (field, value) -> {
                    if (field.equals("name")) {
                        name[0] = Json.text(value);
                    } else if (field.equals("groups")) {
                        Json.elements(value, each -> {
                            String group = Json.text(each);
                            if (usable(group) && groups.size() < 100) {
                                groups.add(group);
                            }
                        });
                    }
                });
                if (usable(name[0]) && list.groups.size() < WireContract.MAX_POOLS) {
                    list.groups.put(name[0], groups);
                } else {
                    list.leftOut++;
                }
            });
        });
        if (!isList[0]) {
            throw new IOException("it is no list of pools");
        }
        return list;
    }

    /** Becomes a part of a path: nothing that leads elsewhere. */
    private static boolean usable(@Nullable String name) {
        return name != null
                && name.length() <= MAX_NAME
                && !name.equals(".")
                && !name.equals("..")
                && name.chars().noneMatch(Character::isISOControl);
    }

    Set<String> names() {
        return groups.keySet();
    }

    List<String> groups(String pool) {
        return groups.getOrDefault(pool, List.of());
    }

    /** Pools beyond the wire contract's bound, or with a name that cannot be one. */
    int leftOut() {
        return leftOut;
    }

    /** Few groups that together have every pool that is in any: the largest first. */
    List<String> groupsToAsk() {
        Map<String, Set<String>> members = new LinkedHashMap<>();
        groups.forEach((pool, its) -> its.forEach(
                group -> members.computeIfAbsent(group, name -> new HashSet<>()).add(pool)));
        List<Map.Entry<String, Set<String>>> largestFirst = new ArrayList<>(members.entrySet());
        largestFirst.sort(
                (a, b) -> Integer.compare(b.getValue().size(), a.getValue().size()));
        Set<String> covered = new HashSet<>();
        List<String> chosen = new ArrayList<>();
        for (Map.Entry<String, Set<String>> group : largestFirst) {
            if (!covered.containsAll(group.getValue())) {
                covered.addAll(group.getValue());
                chosen.add(group.getKey());
            }
        }
        return chosen;
    }
}
