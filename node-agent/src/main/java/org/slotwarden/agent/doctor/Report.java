package org.slotwarden.agent.doctor;

import java.util.List;

/** How findings are told: a line each for people, or one JSON object (RFC 8259) for scripts. */
final class Report {

    private Report() {}

    static boolean works(List<Finding> findings) {
        return findings.stream().noneMatch(finding -> finding.level() == Finding.Level.FAIL);
    }

    static String text(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        for (Finding finding : findings) {
            text.append("%-6s %-16s %s%n"
                    .formatted(
                            finding.level().word(),
                            finding.topic(),
                            finding.text().replaceAll("\\p{Cntrl}+", " ")));
            if (finding.hint() != null) {
                text.append("%24s-> %s%n".formatted("", finding.hint()));
            }
        }
        return text.append(
                        works(findings) ? "A monitor works here." : "No monitor works here: see the lines that fail.")
                .append('\n')
                .toString();
    }

    static String json(List<Finding> findings) {
        StringBuilder json =
                new StringBuilder("{\"works\":").append(works(findings)).append(",\"findings\":[");
        String comma = "";
        for (Finding finding : findings) {
            json.append(comma)
                    .append("{\"topic\":")
                    .append(quoted(finding.topic()))
                    .append(",\"level\":")
                    .append(quoted(finding.level().word()))
                    .append(",\"text\":")
                    .append(quoted(finding.text()));
            if (finding.hint() != null) {
                json.append(",\"hint\":").append(quoted(finding.hint()));
            }
            json.append('}');
            comma = ",";
        }
        return json.append("]}\n").toString();
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ') {
                quoted.append("\\u%04x".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
