package org.slotwarden.portal.web;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.order.JobOrder;
import org.slotwarden.portal.order.OrderCommand;
import org.slotwarden.portal.order.OrderState;
import org.slotwarden.portal.order.OrderWish;
import org.slotwarden.portal.order.SlotOrder;
import org.springframework.stereotype.Component;

/** Orders and what became of them, for people. */
@Component
class OrderView {

    /** Of an order to more nodes, those are shown first of which something has to be said. */
    private static final int MOST_IN_FULL = 6;

    private static final int MOST_BAD = 20;

    private final Format format;

    OrderView(Format format) {
        this.format = format;
    }

    /**
     * An order as it is shown.
     *
     * @param open whether it can be taken back
     * @param outcomes those that are shown at once
     * @param counted how many nodes came how far, where there are many; null: all are shown at once
     * @param rest what is not shown at once
     * @param command what this host told the batch system; null: that is not its part
     */
    record Row(
            JobOrder order,
            String what,
            boolean open,
            List<Outcome> outcomes,
            @Nullable String counted,
            List<Outcome> rest,
            @Nullable CommandOutcome command) {

        public List<SlotOrder> withEvidence() {
            return order.slots().stream().filter(SlotOrder::evidence).toList();
        }
    }

    /**
     * What became of it on one node.
     *
     * @param level for its colour: ok, warn, bad or empty
     */
    record Outcome(SlotOrder slot, String words, String level) {

        public String evidenceLabel() {
            return "What it was doing on " + slot.node();
        }
    }

    /** What became of it in the batch system. */
    record CommandOutcome(OrderCommand command, String words, String level) {}

    Row row(JobOrder order) {
        OrderCommand command = order.command();
        CommandOutcome told = command == null ? null : outcome(command);
        List<Outcome> outcomes = order.slots().stream()
                .map(slot -> command == null ? outcome(slot) : look(slot))
                .toList();
        boolean open = command == null
                ? order.slots().stream().anyMatch(slot -> slot.state().open())
                : command.state().open();
        if (outcomes.size() <= MOST_IN_FULL) {
            return new Row(order, what(order.wish()), open, outcomes, null, List.of(), told);
        }
        List<Outcome> first = outcomes.stream()
                .filter(outcome ->
                        !outcome.level().isEmpty() && !outcome.level().equals("ok"))
                .limit(MOST_BAD)
                .toList();
        List<Outcome> rest =
                outcomes.stream().filter(outcome -> !first.contains(outcome)).toList();
        return new Row(order, what(order.wish()), open, first, counted(order.slots()), rest, told);
    }

    private String counted(List<SlotOrder> slots) {
        Map<OrderState, Long> counts = slots.stream()
                .collect(Collectors.groupingBy(
                        SlotOrder::state, () -> new EnumMap<>(OrderState.class), Collectors.counting()));
        return counts.entrySet().stream()
                .map(count -> format.number(count.getValue()) + " " + format.words(count.getKey()))
                .collect(Collectors.joining(", ", format.number(slots.size()) + " nodes: ", ""));
    }

    private String what(OrderWish wish) {
        return switch (wish) {
            case OrderWish.Kill kill ->
                kill.graceSeconds() == 0
                        ? "Stop it at once"
                        : "Stop it, SIGKILL after " + format.seconds((double) kill.graceSeconds());
            case OrderWish.Look look -> "Say what it is doing";
            case OrderWish.Cancel cancel -> "Cancel it (batch system)";
            case OrderWish.Hold hold -> "Stop it and hold it in the queue (batch system)";
            case OrderWish.Requeue requeue -> "Stop it and begin it anew (batch system)";
            case OrderWish.Comment comment -> "Show the reason (batch system)";
            case OrderWish.Tail tail ->
                (tail.standardError() ? "Standard error" : "Standard output")
                        + (tail.followSeconds() == 0
                                ? ""
                                : ", followed for " + format.seconds((double) tail.followSeconds()));
            case OrderWish.LogLevel more ->
                "The agent's log: " + more.level() + " for " + format.seconds((double) more.forSeconds());
        };
    }

    private static CommandOutcome outcome(OrderCommand command) {
        return switch (command.state()) {
            case WAITING, TOLD -> new CommandOutcome(command, "not told yet", "");
            case BEGUN -> new CommandOutcome(command, "is being told", "");
            case DONE -> new CommandOutcome(command, "done", "ok");
            case FAILED, REFUSED -> new CommandOutcome(command, "failed", "bad");
            case EXPIRED -> new CommandOutcome(command, "not told in time", "warn");
            case TOO_LATE -> new CommandOutcome(command, "the job had ended before", "");
            case WITHDRAWN -> new CommandOutcome(command, "taken back", "");
        };
    }

    /** Before a command of this host. */
    private static Outcome look(SlotOrder slot) {
        String words = switch (slot.state()) {
            case WAITING, TOLD, BEGUN -> "the agent was asked what it is doing";
            case DONE -> "what it was doing was kept";
            case FAILED, REFUSED, EXPIRED, TOO_LATE, WITHDRAWN -> "what it was doing is not known";
        };
        return new Outcome(slot, words, "");
    }

    private Outcome outcome(SlotOrder slot) {
        String words = switch (slot.state()) {
            case WAITING -> "the agent has not been told yet";
            case TOLD -> "the agent was told";
            case BEGUN -> "the agent is at it";
            case DONE -> slot.killed() == null ? "done" : ended(slot.killed());
            case FAILED -> slot.killed() == null ? "failed" : "failed: " + ended(slot.killed());
            case REFUSED -> "the agent refused";
            case EXPIRED -> slot.begunAt() == null ? "no agent took it in time" : "what became of it is not known";
            case TOO_LATE -> "the job had ended before";
            case WITHDRAWN -> "taken back";
        };
        String level = switch (slot.state()) {
            case DONE -> "ok";
            case FAILED, REFUSED -> "bad";
            case EXPIRED -> "warn";
            default -> "";
        };
        return new Outcome(slot, words, level);
    }

    private String ended(SlotOrder.Killed killed) {
        String left = killed.left() == 0 ? "" : ", " + killed.left() + " still there";
        return "%s ended in %s (%d by SIGTERM, %d by SIGKILL)%s"
                .formatted(
                        killed.processes() - killed.left() == 1
                                ? "1 process"
                                : format.number(killed.processes() - killed.left()) + " processes",
                        format.seconds(killed.tookSeconds()),
                        killed.endedByTerm(),
                        killed.killed(),
                        left);
    }
}
