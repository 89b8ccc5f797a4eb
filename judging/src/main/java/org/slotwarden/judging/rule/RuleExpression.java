package org.slotwarden.judging.rule;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelVariableResolver;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.slotwarden.judging.JobFigure;
import org.slotwarden.judging.JobFigures;

/** A condition over a job's figures and facts, compiled once. Any number of threads may evaluate it. */
public final class RuleExpression {

    /** What an expression says of a job at one moment. */
    enum Outcome {
        HOLDS,
        HOLDS_NOT,
        /** Something that it needs was not measured. */
        UNKNOWN,
        FAILED
    }

    private final String source;
    private final CelRuntime.Program program;
    private final List<RuleVariable> used;
    private final List<RuleVariable> needed;

    private RuleExpression(String source, CelRuntime.Program program, RuleTree tree) {
        this.source = source;
        this.program = program;
        this.used = tree.used();
        this.needed = tree.needed();
    }

    /**
     * @throws RuleException when it is not CEL, names what there is not, is no condition, or may take too long; the
     *     message says where
     */
    public static RuleExpression compile(String source) throws RuleException {
        if (source.isBlank()) {
            throw new RuleException(1, 0, "an expression is missing");
        }
        if (source.codePointCount(0, source.length()) > RuleLanguage.LONGEST) {
            throw new RuleException(0, 0, "longer than " + RuleLanguage.LONGEST + " characters");
        }
        RuleSource.check(source);
        try {
            CelValidationResult result = RuleLanguage.COMPILER.compile(source);
            if (result.hasError()) {
                throw issue(result.getErrors().getFirst());
            }
            CelAbstractSyntaxTree ast = result.getAst();
            RuleTree tree = RuleTree.of(ast);
            return new RuleExpression(source, RuleLanguage.RUNTIME.createProgram(ast), tree);
        } catch (CelValidationException | CelEvaluationException | RuntimeException | StackOverflowError e) {
            throw new RuleException(
                    0, 0, "cannot be compiled: " + RuleText.shortened(String.valueOf(e.getMessage()), 200));
        }
    }

    private static RuleException issue(CelIssue issue) {
        String message = issue.getMessage()
                .replace(" (in container '')", "")
                .replaceAll(" \\(candidates: .*", "")
                .replaceAll("(?s) expecting \\{.*", "");
        if (message.matches("(?s).*_[!=]=_.*\\(double, int\\).*|(?s).*_[!=]=_.*\\(int, double\\).*")) {
            message = "a figure is compared with ==: write the number as 3.0, not 3";
        } else if (message.contains("undeclared reference")) {
            message += ": there is no such figure, fact or function";
        }
        return new RuleException(
                Math.max(0, issue.getSourceLocation().getLine()),
                Math.max(0, issue.getSourceLocation().getColumn()),
                RuleText.shortened(message, 300));
    }

    /** As it was written. */
    public String source() {
        return source;
    }

    /** What it names, in the order of the text. */
    List<RuleVariable> used() {
        return used;
    }

    /** Figures that it names, in the order of the text. */
    public List<JobFigure> figures() {
        return used.stream().map(RuleVariable::figure).filter(Objects::nonNull).toList();
    }

    Outcome evaluate(JobFigures now, JobNames names, RuleHealth health) {
        // What cannot hold without them is not worth an exception.
        for (RuleVariable variable : needed) {
            if (!variable.known(now, names)) {
                return Outcome.UNKNOWN;
            }
        }
        try {
            CelVariableResolver known = name -> resolve(name, now, names);
            return program.eval(known) instanceof Boolean holds
                    ? holds ? Outcome.HOLDS : Outcome.HOLDS_NOT
                    : Outcome.UNKNOWN;
        } catch (CelEvaluationException e) {
            if (e.getErrorCode() == CelErrorCode.ATTRIBUTE_NOT_FOUND) {
                return Outcome.UNKNOWN;
            }
            health.failed(
                    e.getErrorCode() == CelErrorCode.DIVIDE_BY_ZERO
                            ? "division by zero"
                            : String.valueOf(e.getMessage()).replaceFirst("^evaluation error at <input>:\\d+: ?", ""));
            return Outcome.FAILED;
        } catch (RuntimeException | StackOverflowError e) {
            health.failed(e.toString());
            return Outcome.FAILED;
        }
    }

    private static Optional<Object> resolve(String name, JobFigures now, JobNames names) {
        boolean asked = name.startsWith(RuleLanguage.HAS);
        RuleVariable variable = RuleVariable.named(asked ? name.substring(RuleLanguage.HAS.length()) : name);
        if (variable == null) {
            return Optional.empty();
        }
        return asked ? Optional.of(variable.known(now, names)) : Optional.ofNullable(variable.value(now, names));
    }
}
