package org.slotwarden.judging.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.judging.JobFigures;
import org.slotwarden.judging.Quantity;
import org.slotwarden.judging.rule.RuleExpression.Outcome;

/** What rules may say, what they may not, and what becomes of those that go wrong. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RuleExpressionTest {

    private static final JobNames NAMES =
            new JobNames("alice", null, null, "long", "reco_0017", "slurm", Collections.nCopies(5000, "node12345"));

    private final RuleHealth health = new RuleHealth();

    /** Two samples, 30 s apart: 3.9 cores of 1, no calls, memory half full; nothing of progress or the network. */
    private final JobFigures now = TestJob.figures(job -> job.with(Quantity.CPU_SECONDS, 117)
            .with(Quantity.MEMORY_BYTES, 1e9)
            .with(Quantity.OPEN_SOCKETS, 3)
            .with(Quantity.READ_CALLS, 0)
            .with(Quantity.WRITE_CALLS, 0));

    private Outcome said(String source) throws RuleException {
        return RuleExpression.compile(source).evaluate(now, NAMES, health);
    }

    private static RuleException refused(String source) {
        RuleException e = catchThrowableOfType(RuleException.class, () -> RuleExpression.compile(source));
        assertThat(e).as(source).isNotNull();
        return e;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cores > 3.8 && cores < 4.0",
                "cores > 2 * cores_asked",
                "cores + 1 > cores_asked * 2 - 1 && 8 / cores > 2",
                "memory / memory_limit > 0.4",
                "sockets == 3.0 && sockets >= 3",
                "user == 'alice' && queue in ['long', 'short']",
                "job_name.matches('^reco_[0-9]+$')",
                "nodes.all(n, n.matches('^node[0-9]+$'))",
                "nodes.exists(n, n.endsWith('45')) && size(nodes) == 256",
                "has(cores) && !has(progress) && !has(account)",
                "progress > 0.5 || cores > 3",
                "has(progress) ? progress > 0.9 : cores > 3",
                "int(cores) == 3",
                "job_name != 'http://x'",
                "job_name != \"//\" && user == 'alice'",
                "!job_name.matches(r'^\\d+//') && user != '''it's // '''",
                "user != 'a\\'//b'",
            })
    void conditions_that_hold(String source) throws RuleException {
        assertThat(said(source)).isEqualTo(Outcome.HOLDS);
        assertThat(health.figures().failed()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "progress < 0.5",
                "!(progress > 0.5)",
                "cores > 3 && network_in_rate < 1",
                "account == 'physics'",
                "account != 'physics'",
                "has(cores) && progress < 2",
                "progress < 0.5 || cores > 100",
            })
    void what_was_not_measured_makes_no_condition_hold_and_no_failure(String source) throws RuleException {
        assertThat(said(source)).isEqualTo(Outcome.UNKNOWN);
        assertThat(health.figures().failed()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "memory / call_rate > 10.0 | division by zero",
                "1 / 0 > 2 | division by zero",
                "1 % 0 == 1 | division by zero",
                "nodes[1000] == 'x' | Index out of bounds: 1000",
                "double(user) > 1.0 | For input string: \"alice\"",
            })
    void what_fails_does_not_hold_and_says_why(String source, String why) throws RuleException {
        assertThat(said(source)).isEqualTo(Outcome.FAILED);
        assertThat(health.figures().failed()).isEqualTo(1);
        assertThat(health.figures().lastFailure()).isEqualTo(why);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cors > 1 | 1 | 0 | undeclared reference to 'cors'",
                "cores > | 1 | 7 | mismatched input",
                "cores | 1 | 0 | expected type 'bool'",
                "cores > 1 && user > 2 | 1 | 18 | found no matching overload",
                "sockets == 3 | 1 | 8 | write the number as 3.0",
                "has(foo) | 1 | 3 | has() takes the name",
                "has(1) | 1 | 3 | has() takes the name",
                "job_name.matches(user) | 1 | 17 | must be written out",
                "job_name.matches('[') | 1 | 17 | missing closing",
                "{'a': 1}['a'] == 1 | 1 | 0 | numbers, words and lists only",
                "nodes.all(cores, true) | 1 | 9 | choose another name",
                "[user].exists(a, nodes.exists(b, a == b)) | 1 | 29 | no loop within a loop",
                "nodes + nodes == nodes | 1 | 6 | not put together",
                "user + user == user | 1 | 5 | not put together",
                "nodes.map(n, n) == nodes | 1 | 9 | undeclared reference",
                "@has_cores | 1 | 0 | token recognition error",
                "cores > 1 // why | 1 | 10 | no comments in rules",
                "user == 'a\\\\' // ' | 1 | 14 | no comments in rules",
                "user == r'a\\' // ' | 1 | 14 | no comments in rules",
                "cores > 1 && 'x | 1 | 13 | token recognition error",
            })
    void what_is_refused_is_refused_with_its_place(String source, int line, int column, String why) {
        RuleException e = refused(source);
        assertThat(e.getMessage()).contains(why);
        assertThat(e.line()).isEqualTo(line);
        assertThat(e.column()).isEqualTo(column);
    }

    @Test
    void a_place_in_a_later_line_is_told_by_line() {
        RuleException e = refused("cores > 1\n  && cors > 2");
        assertThat(e.line()).isEqualTo(2);
        assertThat(e.column()).isEqualTo(5);
    }

    @Test
    void a_comment_or_a_line_break_in_a_word_is_told_with_its_line() {
        RuleException comment = refused("user != '//' &&\n  // why\n  cores > 1");
        assertThat(comment).hasMessageContaining("no comments");
        assertThat(comment.line()).isEqualTo(2);
        assertThat(comment.column()).isEqualTo(2);
        RuleException broken = refused("cores > 1 &&\n user == '''a\nb'''");
        assertThat(broken).hasMessageContaining("stands in one line");
        assertThat(broken.line()).isEqualTo(2);
    }

    @Test
    void figures_are_those_that_are_named_also_where_it_is_only_asked_whether_they_are_known() throws RuleException {
        assertThat(RuleExpression.compile("sockets > 3 && (!has(progress) || cores > 1) && user == 'a' && sockets < 9")
                        .figures())
                .containsExactly(JobFigure.SOCKETS, JobFigure.PROGRESS, JobFigure.CORES);
    }

    @Test
    void what_is_huge_or_deep_is_refused_before_it_runs() {
        assertThat(refused("cores > 1 || ".repeat(200) + "true")).hasMessageContaining("longer than 2000");
        assertThat(refused("x".repeat(10_000_000))).hasMessageContaining("longer than 2000");
        assertThat(refused("(".repeat(900) + "true" + ")".repeat(900))).hasMessageContaining("recursion");
        assertThat(refused("cores in [" + "1.0,".repeat(490) + "1.0]")).hasMessageContaining("too big");
        assertThat(refused("nodes.all(n, " + "n.startsWith('a') || ".repeat(60) + "true)"))
                .hasMessageContaining("too much work");
        assertThat(refused("  ")).hasMessageContaining("missing");
    }

    @Test
    void regular_expressions_neither_explode_nor_run_for_ever() throws RuleException {
        assertThat(refused("job_name.matches('((a{1000}){1000}){1000}')")).hasMessageContaining("counts too far");
        assertThat(refused("job_name.matches('" + "a".repeat(300) + "')")).hasMessageContaining("at most 200");
        assertThat(refused("job_name.matches('(" + "ab".repeat(50) + "){100}')"))
                .hasMessageContaining("too big");
        assertThat(refused("job_name.matches('(?:[ab]?){900}c')")).hasMessageContaining("too big");
        assertThat(refused("nodes.exists(n, n.matches('(?:[ab]?){40}c'))")).hasMessageContaining("too much work");
        JobNames long_name = new JobNames(null, null, null, null, "a".repeat(100_000) + "b", null, List.of());
        RuleExpression evil = RuleExpression.compile("job_name.matches('^(a|aa|a*)*$')");
        long began = System.nanoTime();
        assertThat(evil.evaluate(now, long_name, health)).isEqualTo(Outcome.HOLDS);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void names_that_steer_terminals_or_pages_stay_words() throws RuleException {
        JobNames hostile =
                new JobNames("<script>alert(1)</script>", null, null, "\u001b[31m\u202e", "'; DROP", null, List.of());
        assertThat(RuleExpression.compile("user == '<script>alert(1)</script>'").evaluate(now, hostile, health))
                .isEqualTo(Outcome.HOLDS);
        RuleVariable queue = java.util.Objects.requireNonNull(RuleVariable.named("queue"));
        assertThat(queue.words(now, hostile)).isEqualTo("\"?[31m?\"");
    }

    @Test
    void names_severities_times_and_hints_have_bounds() {
        assertThatThrownBy(() -> rule("<b>", 60, 60, "")).hasMessageContaining("letters");
        assertThatThrownBy(() -> rule("a,b", 60, 60, "")).hasMessageContaining("letters");
        assertThatThrownBy(() -> rule("x".repeat(61), 60, 60, "")).hasMessageContaining("letters");
        assertThatThrownBy(() -> rule("a", 59, 60, "")).hasMessageContaining("between");
        assertThatThrownBy(() -> rule("a", Double.NaN, 60, "")).hasMessageContaining("between");
        assertThatThrownBy(() -> rule("a", 60, 86_401, "")).hasMessageContaining("between");
        assertThatThrownBy(() -> rule("a", 60, 60, "x".repeat(501))).hasMessageContaining("500");
        assertThatThrownBy(() -> rule("a", 60, 60, "one\ntwo")).hasMessageContaining("one line");
    }

    @Test
    void nothing_that_a_rule_says_is_worth_a_kill() {
        assertThatThrownBy(() -> SiteRule.of(1, "a", 1, "true", 60, 60, org.slotwarden.judging.Severity.KILL, "", 0))
                .hasMessageContaining("not worth a kill");
    }

    private static SiteRule rule(String name, double dwell, double clear, String hint) throws RuleException {
        return SiteRule.of(1, name, 1, "true", dwell, clear, org.slotwarden.judging.Severity.INFO, hint, 0);
    }
}
