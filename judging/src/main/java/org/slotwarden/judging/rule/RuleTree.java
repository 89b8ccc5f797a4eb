package org.slotwarden.judging.rule;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelSourceLocation;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelExpr.ExprKind.Kind;
import dev.cel.common.types.CelKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Looks over a checked expression before it may ever run: how much it can cost at most, and what it needs. No loop
 * within a loop, nothing that makes lists or words grow.
 */
final class RuleTree {

    private static final int MOST_NODES = 400;
    /** Of these one takes some 20 to 100 ns. */
    private static final long MOST_COST = 20_000;

    private static final int COST_OF_REGEX = 20;

    private final CelAbstractSyntaxTree ast;
    private final Set<RuleVariable> used = new LinkedHashSet<>();
    private final Set<RuleVariable> needed = new LinkedHashSet<>();
    private int nodes;

    private RuleTree(CelAbstractSyntaxTree ast) {
        this.ast = ast;
    }

    /** @throws RuleException when it is too big, or does what rules may not do */
    static RuleTree of(CelAbstractSyntaxTree ast) throws RuleException {
        RuleTree tree = new RuleTree(ast);
        if (tree.cost(ast.getExpr(), false) > MOST_COST) {
            throw new RuleException(0, 0, "too much work for one evaluation: loop over less, or do less in the loop");
        }
        tree.needs(ast.getExpr());
        return tree;
    }

    List<RuleVariable> used() {
        return List.copyOf(used);
    }

    /** Without any of these the whole cannot be true. */
    List<RuleVariable> needed() {
        return List.copyOf(needed);
    }

    private long cost(CelExpr expr, boolean inLoop) throws RuleException {
        if (++nodes > MOST_NODES) {
            throw new RuleException(0, 0, "too big: at most " + MOST_NODES + " numbers, names and operators");
        }
        return switch (expr.exprKind().getKind()) {
            case CONSTANT -> 1;
            case IDENT -> {
                String name = expr.ident().name();
                RuleVariable variable = RuleVariable.named(
                        name.startsWith(RuleLanguage.HAS) ? name.substring(RuleLanguage.HAS.length()) : name);
                if (variable != null) {
                    used.add(variable);
                }
                yield 1;
            }
            case SELECT -> 1 + cost(expr.select().operand(), inLoop);
            case CALL -> call(expr, inLoop);
            case LIST -> {
                long cost = 1;
                for (CelExpr element : expr.list().elements()) {
                    cost += cost(element, inLoop);
                }
                yield cost;
            }
            case COMPREHENSION -> loop(expr, inLoop);
            default -> throw at(expr, "rules know numbers, words and lists only");
        };
    }

    private long call(CelExpr expr, boolean inLoop) throws RuleException {
        CelCall call = expr.call();
        boolean grows = ast.getType(expr.id())
                .map(type -> type.kind() == CelKind.STRING
                        || type.kind() == CelKind.LIST
                        || type.kind() == CelKind.BYTES
                        || type.kind() == CelKind.DYN)
                .orElse(false);
        if (grows && call.function().equals("_+_")) {
            throw at(expr, "words and lists are not put together in rules");
        }
        long cost = 1;
        if (call.function().equals("matches")) {
            cost += COST_OF_REGEX + instructions(call.args().getLast());
        }
        if (call.target().isPresent()) {
            cost += cost(call.target().get(), inLoop);
        }
        for (CelExpr argument : call.args()) {
            cost += cost(argument, inLoop);
        }
        return call.function().equals("@in") ? cost + longest(call.args().getLast()) : cost;
    }

    /** Each of them may be taken for each character of a text. */
    private int instructions(CelExpr pattern) throws RuleException {
        if (pattern.exprKind().getKind() != Kind.CONSTANT
                || pattern.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            throw at(pattern, "a regular expression must be written out");
        }
        try {
            return RuleLanguage.pattern(pattern.constant().stringValue()).programSize();
        } catch (RuntimeException | StackOverflowError e) {
            throw at(pattern, String.valueOf(e.getMessage()));
        }
    }

    private long loop(CelExpr expr, boolean inLoop) throws RuleException {
        if (inLoop) {
            throw at(expr, "no loop within a loop");
        }
        CelComprehension loop = expr.comprehension();
        if (RuleVariable.named(loop.iterVar()) != null) {
            throw at(expr, "choose another name than " + loop.iterVar() + ", which is a figure or a fact");
        }
        long rounds = longest(loop.iterRange());
        long once = cost(loop.loopCondition(), true) + cost(loop.loopStep(), true);
        return cost(loop.iterRange(), inLoop)
                + cost(loop.accuInit(), inLoop)
                + cost(loop.result(), inLoop)
                + rounds * once;
    }

    private static long longest(CelExpr list) {
        return switch (list.exprKind().getKind()) {
            case LIST -> list.list().elements().size();
            case IDENT -> JobNames.MOST_NODES;
            default -> RuleLanguage.MOST_STEPS;
        };
    }

    /** A conjunction is true only if all its parts are, and a part without logic only if all it names is known. */
    private void needs(CelExpr expr) {
        if (expr.exprKind().getKind() == Kind.CALL && expr.call().function().equals("_&&_")) {
            expr.call().args().forEach(this::needs);
            return;
        }
        List<RuleVariable> named = new ArrayList<>();
        if (plain(expr, named)) {
            needed.addAll(named);
        }
    }

    private static boolean plain(CelExpr expr, List<RuleVariable> named) {
        switch (expr.exprKind().getKind()) {
            case CONSTANT -> {
                return true;
            }
            case IDENT -> {
                RuleVariable variable = RuleVariable.named(expr.ident().name());
                if (variable != null) {
                    named.add(variable);
                }
                return true;
            }
            case CALL -> {
                CelCall call = expr.call();
                if (Set.of("_&&_", "_||_", "_?_:_").contains(call.function())) {
                    return false;
                }
                boolean plain = call.target().isEmpty() || plain(call.target().get(), named);
                for (CelExpr argument : call.args()) {
                    plain &= plain(argument, named);
                }
                return plain;
            }
            case LIST -> {
                boolean plain = true;
                for (CelExpr element : expr.list().elements()) {
                    plain &= plain(element, named);
                }
                return plain;
            }
            default -> {
                return false;
            }
        }
    }

    private RuleException at(CelExpr expr, String message) {
        CelSourceLocation place = java.util.Optional.ofNullable(
                        ast.getSource().getPositionsMap().get(expr.id()))
                .flatMap(offset -> ast.getSource().getOffsetLocation(offset))
                .orElse(CelSourceLocation.NONE);
        return new RuleException(
                Math.max(0, place.getLine()), Math.max(0, place.getColumn()), RuleText.shortened(message, 300));
    }
}
