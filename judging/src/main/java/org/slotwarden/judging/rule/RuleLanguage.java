package org.slotwarden.judging.rule;

import com.google.re2j.Pattern;
import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.exceptions.CelDivideByZeroException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerBuilder;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelMacroExprFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.cel.runtime.CelStandardFunctions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The CEL of site rules: the language's own operators on numbers, words and lists, {@code has(NAME)}, {@code exists},
 * {@code exists_one} and {@code all}. Whole numbers may be mixed with figures, which CEL does not allow by itself;
 * whatever is divided by zero fails; regular expressions are compiled once.
 */
final class RuleLanguage {

    /** Longest expression, in characters. */
    static final int LONGEST = 2000;

    static final int DEEPEST = 32;
    /** Steps of loops in one evaluation; a job has {@link JobNames#MOST_NODES} nodes at most. */
    static final int MOST_STEPS = 1000;

    /** What stands for {@code has(NAME)} in the tree; nobody can write it. */
    static final String HAS = "@has_";

    private static final int REGEX_LONGEST = 200;

    private static final int MOST_COPIES = 1000;
    private static final int MOST_INSTRUCTIONS = 300;
    private static final java.util.regex.Pattern COUNTED = java.util.regex.Pattern.compile("\\{([0-9]*,?[0-9]*)\\}");

    private static final CelOptions OPTIONS = CelOptions.current()
            .maxExpressionCodePointSize(LONGEST)
            .maxParseRecursionDepth(DEEPEST)
            .maxParseErrorRecoveryLimit(5)
            .comprehensionMaxIterations(MOST_STEPS)
            .enableHeterogeneousNumericComparisons(true)
            .build();

    /** Operators that CEL has for numbers of one kind only, and their names in overloads. */
    private static final Map<String, String> MIXED =
            Map.of("_+_", "add", "_-_", "subtract", "_*_", "multiply", "_/_", "divide");

    static final CelCompiler COMPILER = compiler();
    static final CelRuntime RUNTIME = runtime();

    /** Of rules that were accepted; bounded, since drafts come and go. */
    private static final Map<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private static final int MOST_PATTERNS = 1000;

    private RuleLanguage() {}

    private static CelCompiler compiler() {
        CelCompilerBuilder builder = CelCompilerFactory.standardCelCompilerBuilder()
                .setOptions(OPTIONS)
                .setStandardMacros(CelStandardMacro.ALL, CelStandardMacro.EXISTS, CelStandardMacro.EXISTS_ONE)
                .addMacros(CelMacro.newGlobalMacro("has", 1, (made, target, of) -> has(made, of.getFirst())))
                .setResultType(SimpleType.BOOL);
        MIXED.forEach((function, name) -> builder.addFunctionDeclarations(CelFunctionDecl.newFunctionDeclaration(
                function,
                CelOverloadDecl.newGlobalOverload(
                        name + "_double_int", SimpleType.DOUBLE, SimpleType.DOUBLE, SimpleType.INT),
                CelOverloadDecl.newGlobalOverload(
                        name + "_int_double", SimpleType.DOUBLE, SimpleType.INT, SimpleType.DOUBLE))));
        for (RuleVariable variable : RuleVariable.all()) {
            builder.addVar(variable.name(), variable.type());
            builder.addVar(HAS + variable.name(), SimpleType.BOOL);
        }
        return builder.build();
    }

    private static Optional<CelExpr> has(CelMacroExprFactory made, CelExpr of) {
        if (of.exprKind().getKind() != Kind.IDENT
                || RuleVariable.named(of.ident().name()) == null) {
            return Optional.of(made.reportError("has() takes the name of a figure or a fact"));
        }
        return Optional.of(made.newIdentifier(HAS + of.ident().name()));
    }

    private static CelRuntime runtime() {
        var builder = CelRuntimeFactory.plannerRuntimeBuilder()
                .setOptions(OPTIONS)
                .setStandardFunctions(CelStandardFunctions.newBuilder()
                        .excludeFunctions(
                                CelStandardFunctions.StandardFunction.DIVIDE,
                                CelStandardFunctions.StandardFunction.MATCHES)
                        .build());
        builder.addFunctionBindings(CelFunctionBinding.fromOverloads(
                "_+_",
                CelFunctionBinding.from("add_double_int", Double.class, Long.class, (a, b) -> a + b),
                CelFunctionBinding.from("add_int_double", Long.class, Double.class, (a, b) -> a + b)));
        builder.addFunctionBindings(CelFunctionBinding.fromOverloads(
                "_-_",
                CelFunctionBinding.from("subtract_double_int", Double.class, Long.class, (a, b) -> a - b),
                CelFunctionBinding.from("subtract_int_double", Long.class, Double.class, (a, b) -> a - b)));
        builder.addFunctionBindings(CelFunctionBinding.fromOverloads(
                "_*_",
                CelFunctionBinding.from("multiply_double_int", Double.class, Long.class, (a, b) -> a * b),
                CelFunctionBinding.from("multiply_int_double", Long.class, Double.class, (a, b) -> a * b)));
        builder.addFunctionBindings(CelFunctionBinding.fromOverloads(
                "_/_",
                CelFunctionBinding.from(
                        "divide_double_int", Double.class, Long.class, (a, b) -> divided(a, (double) b)),
                CelFunctionBinding.from(
                        "divide_int_double", Long.class, Double.class, (a, b) -> divided((double) a, b)),
                CelFunctionBinding.from("divide_double", Double.class, Double.class, (a, b) -> divided((double) a, b)),
                CelFunctionBinding.from(
                        "divide_int64", Long.class, Long.class, (a, b) -> divided((long) a, (long) b))));
        builder.addFunctionBindings(CelFunctionBinding.fromOverloads(
                "matches",
                CelFunctionBinding.from("matches", String.class, String.class, (a, b) -> matches(a, b)),
                CelFunctionBinding.from("matches_string", String.class, String.class, (a, b) -> matches(a, b))));
        return builder.build();
    }

    private static double divided(double a, double b) {
        if (b == 0) {
            throw new CelDivideByZeroException();
        }
        return a / b;
    }

    private static long divided(long a, long b) {
        if (b == 0) {
            throw new CelDivideByZeroException();
        }
        return a / b;
    }

    private static boolean matches(String text, String pattern) {
        return pattern(pattern).matcher(text).find();
    }

    /**
     * RE2: its time is bounded by the length of the text.
     *
     * @throws IllegalArgumentException with a message for people
     */
    static Pattern pattern(String text) {
        if (text.length() > REGEX_LONGEST) {
            throw new IllegalArgumentException(
                    "a regular expression may have at most " + REGEX_LONGEST + " characters");
        }
        // What is counted is written out when it is compiled, and counts within counts multiply.
        double copies = 1;
        var counted = COUNTED.matcher(text);
        while (counted.find()) {
            for (String count : counted.group(1).split(",")) {
                copies *= count.isEmpty() ? 1 : Math.max(1, Double.parseDouble(count));
            }
        }
        if (copies > MOST_COPIES) {
            throw new IllegalArgumentException("this regular expression counts too far");
        }
        if (PATTERNS.size() > MOST_PATTERNS) {
            PATTERNS.clear();
        }
        return PATTERNS.computeIfAbsent(text, RuleLanguage::compiled);
    }

    private static Pattern compiled(String text) {
        Pattern pattern = Pattern.compile(text);
        if (pattern.programSize() > MOST_INSTRUCTIONS) {
            throw new IllegalArgumentException("this regular expression is too big");
        }
        return pattern;
    }
}
