package org.slotwarden.portal.order;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.api.BadParameterException;
import org.slotwarden.portal.api.NotFoundException;
import org.slotwarden.portal.evidence.SlotEvidence;
import org.slotwarden.portal.user.Viewer;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Orders to jobs, for their owners as far as the site allows, and for admins. */
@RestController
@RequestMapping("/api/v1")
class OrderController {

    private static final int DEFAULT_GRACE = 30;
    private static final int DEFAULT_LINES = 50;
    private static final int DEFAULT_HOW_LONG = 600;
    private static final int MOST_PARTS = 200;

    private final Orders orders;
    private final OrderOutput output;

    OrderController(Orders orders, OrderOutput output) {
        this.orders = orders;
        this.output = output;
    }

    /**
     * What is ordered. Everything but {@code kind} and {@code reason} has a default.
     *
     * @param kind kill, look, tail, log-level, cancel, hold, requeue or comment
     * @param graceSeconds of a kill, 0 to 3600; 30
     * @param stacks of a look
     * @param stream of a tail: stdout or stderr; stdout
     * @param lines of a tail, 1 to 1000; 50
     * @param followSeconds of a tail, 0 to 600; 0
     * @param forSeconds of a log level, 1 to 3600; 600
     * @param level of a log level: debug or trace; debug
     */
    record Wanted(
            @Nullable String kind,
            @Nullable String reason,
            @Nullable Integer graceSeconds,
            @Nullable Boolean stacks,
            @Nullable String stream,
            @Nullable Integer lines,
            @Nullable Integer followSeconds,
            @Nullable Integer forSeconds,
            @Nullable String level) {

        OrderWish wish() {
            OrderKind wanted = Optional.ofNullable(kind)
                    .flatMap(OrderKind::named)
                    .orElseThrow(() -> new BadParameterException(
                            "kind", "must be kill, look, tail, log-level, cancel, hold, requeue or comment"));
            try {
                return switch (wanted) {
                    case KILL -> new OrderWish.Kill(or(graceSeconds, DEFAULT_GRACE));
                    case LOOK -> new OrderWish.Look(stacks != null && stacks);
                    case TAIL -> new OrderWish.Tail(standardError(), or(lines, DEFAULT_LINES), or(followSeconds, 0));
                    case INTERVAL ->
                        throw new BadParameterException("kind", "cannot be interval here: POST jobs/{id}/sampling");
                    case LOG_LEVEL ->
                        new OrderWish.LogLevel(level == null ? "debug" : level, or(forSeconds, DEFAULT_HOW_LONG));
                    case CANCEL -> new OrderWish.Cancel();
                    case HOLD -> new OrderWish.Hold();
                    case REQUEUE -> new OrderWish.Requeue();
                    case COMMENT -> new OrderWish.Comment();
                };
            } catch (IllegalArgumentException e) {
                String why = String.valueOf(e.getMessage());
                int blank = why.indexOf(' ');
                throw new BadParameterException(why.substring(0, blank), why.substring(blank + 1));
            }
        }

        private boolean standardError() {
            return switch (stream == null ? "stdout" : stream) {
                case "stdout" -> false;
                case "stderr" -> true;
                default -> throw new BadParameterException("stream", "must be stdout or stderr");
            };
        }

        private static int or(@Nullable Integer value, int otherwise) {
            return value == null ? otherwise : value;
        }
    }

    @PostMapping("/jobs/{id}/orders")
    @ResponseStatus(HttpStatus.ACCEPTED)
    JobOrder give(@PathVariable long id, @RequestBody Wanted wanted, Viewer viewer) {
        OrderWish wish = wanted.wish();
        if (wanted.reason() == null) {
            throw new BadParameterException("reason", "is missing");
        }
        return orders.give(id, wish, wanted.reason(), viewer).orElseThrow(OrderController::noJob);
    }

    /** Another sampling interval for a while; both in seconds. */
    record SamplingRequest(double intervalSeconds, long forSeconds) {}

    @PostMapping("/jobs/{id}/sampling")
    @ResponseStatus(HttpStatus.ACCEPTED)
    void sample(@PathVariable long id, @RequestBody SamplingRequest request, Viewer viewer) {
        // Milliseconds: casting saturates, and what is no number becomes 0 and is refused.
        Duration interval = Duration.ofMillis((long) (request.intervalSeconds() * 1000));
        try {
            if (!orders.sample(id, interval, Duration.ofSeconds(request.forSeconds()), viewer)) {
                throw new NotFoundException("There is no such job that runs");
            }
        } catch (IllegalArgumentException e) {
            throw new BadParameterException("interval_seconds, for_seconds", String.valueOf(e.getMessage()));
        }
    }

    @GetMapping("/jobs/{id}/orders")
    List<JobOrder> ofJob(@PathVariable long id, Viewer viewer) {
        return orders.ofJob(id, viewer).orElseThrow(OrderController::noJob);
    }

    @GetMapping("/jobs/{id}/orders/{order}")
    JobOrder find(@PathVariable long id, @PathVariable long order, Viewer viewer) {
        return orders.find(id, order, viewer).orElseThrow(OrderController::noOrder);
    }

    /** Takes back what no agent has begun. */
    @DeleteMapping("/jobs/{id}/orders/{order}")
    JobOrder withdraw(@PathVariable long id, @PathVariable long order, Viewer viewer) {
        return orders.withdraw(id, order, viewer).orElseThrow(OrderController::noOrder);
    }

    /** What the job was doing on one of its nodes when the order was begun. */
    @GetMapping("/jobs/{id}/orders/{order}/evidence/{slot}")
    SlotEvidence evidence(@PathVariable long id, @PathVariable long order, @PathVariable long slot, Viewer viewer) {
        return orders.evidence(id, order, slot, viewer)
                .orElseThrow(() -> new NotFoundException("There is no evidence of this order there"));
    }

    /**
     * A part of the job's output.
     *
     * @param id to go on after
     * @param data in base 64: users wrote it
     * @param text the same as UTF-8, where it is not that with U+FFFD, without what steers terminals
     */
    record Part(long id, String node, long offset, long leftOutBytes, String data, String text) {}

    /**
     * @param over nothing more will come
     */
    record Parts(List<Part> parts, boolean over) {}

    /** What came of the job's output. @param after the last part that is known; 0: from the begin */
    @GetMapping("/jobs/{id}/orders/{order}/output")
    Parts output(
            @PathVariable long id,
            @PathVariable long order,
            @RequestParam(defaultValue = "0") long after,
            Viewer viewer) {
        JobOrder known = orders.find(id, order, viewer).orElseThrow(OrderController::noOrder);
        List<Part> parts = output.of(order, after, MOST_PARTS).stream()
                .map(part -> new Part(
                        part.id(),
                        part.node(),
                        part.offset(),
                        part.leftOutBytes(),
                        Base64.getEncoder().encodeToString(part.data()),
                        OrderOutput.plain(new String(part.data(), StandardCharsets.UTF_8))))
                .toList();
        return new Parts(parts, known.over() && parts.size() < MOST_PARTS);
    }

    /** The public half of the key that signs orders, for the nodes ({@code orders.key_file} of an agent). */
    @GetMapping(value = "/orders/key", produces = MediaType.TEXT_PLAIN_VALUE)
    String key() {
        return orders.publicKey();
    }

    private static NotFoundException noJob() {
        return new NotFoundException("There is no such job");
    }

    private static NotFoundException noOrder() {
        return new NotFoundException("There is no such order");
    }
}
