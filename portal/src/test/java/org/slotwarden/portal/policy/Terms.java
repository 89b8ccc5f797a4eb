package org.slotwarden.portal.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Terms as an admin sends them: about leaks of memory that stood for two minutes, without a stage at first. */
final class Terms {

    private final Map<String, Object> all = new TreeMap<>();
    private final List<Map<String, Object>> stages = new ArrayList<>();

    private Terms() {
        all.put("flags", List.of("memory_leak"));
        all.put("severity", "warn");
        all.put("dwell_seconds", 120);
        all.put("caps", Map.of("site", 1000, "user", 1000, "policy", 1000));
        all.put("stages", stages);
    }

    /** Tells the admins at once, warns a minute later, kills five minutes later with 7 s of grace. */
    static Terms killing() {
        return new Terms().stage("notify", 0, null).stage("warn", 60, null).stage("kill", 300, 7);
    }

    static Terms of(String... stages) {
        Terms terms = new Terms();
        for (String stage : stages) {
            terms.stage(stage, 60, null);
        }
        return terms;
    }

    Terms stage(String kind, int after, @Nullable Integer grace) {
        stages.add(
                grace == null
                        ? Map.of("kind", kind, "after_seconds", after)
                        : Map.of("kind", kind, "after_seconds", after, "grace_seconds", grace));
        return this;
    }

    Terms with(String field, Object value) {
        all.put(field, value);
        return this;
    }

    String json() {
        return JsonMapper.shared().writeValueAsString(Map.of("terms", all));
    }

    String json(String name) {
        return JsonMapper.shared().writeValueAsString(Map.of("name", name, "terms", all));
    }
}
