package org.slotwarden.judging.replay;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.Severity;
import org.slotwarden.judging.rule.RuleException;
import org.slotwarden.judging.rule.RuleSet;
import org.slotwarden.judging.rule.SiteRule;

/** Reads rules of a site from CSV, as the portal writes them. */
final class RuleFile {

    private static final int MOST = 100;

    private RuleFile() {}

    /** What is wrong with any of them is a problem. */
    static RuleSet read(Path path, Problems problems) {
        List<SiteRule> rules = new ArrayList<>();
        try (CsvFile file = new CsvFile(path, problems)) {
            for (String column : List.of("name", "expression", "dwell_s", "clear_s", "severity")) {
                if (file.column(column) < 0) {
                    problems.report(path, 1, "no column " + column);
                    return RuleSet.NONE;
                }
            }
            Set<String> names = new HashSet<>();
            for (List<String> row = file.row(); row != null; row = file.row()) {
                SiteRule rule = rule(file, row, rules.size() + 1);
                if (rule == null) {
                    continue;
                }
                if (!names.add(rule.name())) {
                    file.problem("a rule of this name comes twice: " + rule.name());
                } else if (rules.size() == MOST) {
                    file.problem("more than " + MOST + " rules");
                } else {
                    rules.add(rule);
                }
            }
        } catch (IOException e) {
            problems.report(path, 0, String.valueOf(e.getMessage()));
        }
        return RuleSet.alone(rules);
    }

    private static @Nullable SiteRule rule(CsvFile file, List<String> row, int id) {
        int hint = file.column("hint");
        try {
            return SiteRule.of(
                    id,
                    cell(file, row, "name"),
                    1,
                    row.get(file.column("expression")),
                    file.number(row, file.column("dwell_s"), "dwell_s"),
                    file.number(row, file.column("clear_s"), "clear_s"),
                    Severity.valueOf(cell(file, row, "severity").toUpperCase(Locale.ROOT)),
                    hint < 0 ? "" : row.get(hint),
                    Double.NEGATIVE_INFINITY);
        } catch (RuleException e) {
            file.problem(
                    e.field() + (e.line() > 0 ? " " + e.line() + ":" + (e.column() + 1) : "") + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            file.problem("severity: must be info or warn");
        }
        return null;
    }

    private static String cell(CsvFile file, List<String> row, String name) {
        return row.get(file.column(name)).strip();
    }
}
