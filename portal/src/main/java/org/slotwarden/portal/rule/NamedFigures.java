package org.slotwarden.portal.rule;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.judging.rule.RuleException;
import org.slotwarden.judging.rule.RuleExpression;
import org.slotwarden.portal.database.RowCache;
import org.springframework.stereotype.Component;

/** Which figures of a job the conditions of rules name, for whoever shows their flags. */
@Component
public class NamedFigures implements RowCache {

    private static final int MOST = 10_000;

    /** By version: its condition never changes, and it takes a millisecond to compile. */
    private final Map<Long, List<JobFigure>> known = new ConcurrentHashMap<>();

    /** In the order of the text; none of a condition that this portal cannot read. */
    public List<JobFigure> of(long version, String expression) {
        if (known.size() > MOST) {
            known.clear();
        }
        return known.computeIfAbsent(version, id -> figures(expression));
    }

    private static List<JobFigure> figures(String expression) {
        try {
            return RuleExpression.compile(expression).figures();
        } catch (RuleException e) {
            return List.of();
        }
    }

    @Override
    public void forget() {
        known.clear();
    }
}
