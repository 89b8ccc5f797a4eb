package org.slotwarden.judging.rule;

import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.SimpleType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.judging.JobFigures;

/** What a rule can name: a figure of the job, or a fact that is a word. */
public final class RuleVariable {

    private static final Map<String, RuleVariable> ALL = new LinkedHashMap<>();

    static {
        for (JobFigure figure : JobFigure.values()) {
            add(new RuleVariable(figure.variable(), figure.unit(), figure.description(), figure, null));
        }
        word("user", "user", JobNames::user);
        word("group", "the user's group", JobNames::group);
        word("account", "account or project", JobNames::account);
        word("queue", "queue or partition", JobNames::queue);
        word("job_name", "name of the job", JobNames::jobName);
        word("batch_system", "batch system", JobNames::batchSystem);
        add(new RuleVariable(
                "nodes",
                "list of words",
                "names of its nodes, the first " + JobNames.MOST_NODES,
                null,
                names -> names.nodes().isEmpty() ? null : names.nodes()));
    }

    private final String name;
    private final String unit;
    private final String description;
    private final @Nullable JobFigure figure;
    private final @Nullable Function<JobNames, @Nullable Object> fact;

    private RuleVariable(
            String name,
            String unit,
            String description,
            @Nullable JobFigure figure,
            @Nullable Function<JobNames, @Nullable Object> fact) {
        this.name = name;
        this.unit = unit;
        this.description = description;
        this.figure = figure;
        this.fact = fact;
    }

    private static void word(String name, String description, Function<JobNames, @Nullable String> fact) {
        add(new RuleVariable(name, "word", description, null, fact::apply));
    }

    private static void add(RuleVariable variable) {
        ALL.put(variable.name, variable);
    }

    /** In the order in which they are documented. */
    public static List<RuleVariable> all() {
        return List.copyOf(ALL.values());
    }

    static @Nullable RuleVariable named(String name) {
        return ALL.get(name);
    }

    public String name() {
        return name;
    }

    /** Unit of a figure; {@code word} or {@code list of words} of a fact. */
    public String unit() {
        return unit;
    }

    public String description() {
        return description;
    }

    /** Null: a fact. */
    @Nullable
    JobFigure figure() {
        return figure;
    }

    CelType type() {
        if (figure != null) {
            return SimpleType.DOUBLE;
        }
        return name.equals("nodes") ? ListType.create(SimpleType.STRING) : SimpleType.STRING;
    }

    boolean known(JobFigures now, JobNames names) {
        return figure == null ? value(now, names) != null : !Double.isNaN(now.value(figure));
    }

    /** A number, a word or a list of words; null when it is not known. */
    @Nullable
    Object value(JobFigures now, JobNames names) {
        if (figure != null) {
            double value = now.value(figure);
            return Double.isNaN(value) ? null : (Object) value;
        }
        return fact == null ? null : fact.apply(names);
    }

    /** For sentences. */
    String words(JobFigures now, JobNames names) {
        if (figure != null) {
            double value = now.value(figure);
            return Double.isNaN(value) ? "not known" : figure.words(value);
        }
        Object value = value(now, names);
        return value == null ? "not known" : '"' + RuleText.shortened(value.toString(), 60) + '"';
    }
}
