package org.slotwarden.portal.notice;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.portal.secret.Seal;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Sends the messages that are due, each channel's one after the other, and channels beside each other: one that hangs
 * holds no other up. What came of an attempt is written down after it. A portal that ends in between leaves a message
 * that another, or this one after a restart, sends again with the same id: each is sent at least once.
 */
@Component
class MessageSender implements DisposableBean {

    /** A message is tried for so long. */
    static final Duration TRIED_FOR = Duration.ofDays(1);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);

    /** Not longer: owners wait for what they are told before a policy acts. */
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** That the other side may ask for. */
    private static final Duration LONGEST_ASKED = Duration.ofHours(1);

    private static final Logger log = LoggerFactory.getLogger(MessageSender.class);

    private final MessageStore messages;
    private final MailSender mail;
    private final WebhookSender webhooks;
    private final Clock clock;
    private final Duration deadline;
    private final Counter sent;
    private final Counter failed;
    private final Counter attemptsFailed;
    private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Long> busy = ConcurrentHashMap.newKeySet();

    @Autowired
    MessageSender(MessageStore messages, MailSender mail, WebhookSender webhooks, MeterRegistry registry, Clock clock) {
        this(messages, mail, webhooks, registry, clock, Duration.ofSeconds(60));
    }

    /** @param deadline of an attempt, shorter than the lease */
    MessageSender(
            MessageStore messages,
            MailSender mail,
            WebhookSender webhooks,
            MeterRegistry registry,
            Clock clock,
            Duration deadline) {
        this.messages = messages;
        this.mail = mail;
        this.webhooks = webhooks;
        this.clock = clock;
        this.deadline = deadline;
        sent = Counter.builder("slotwarden.notices.sent")
                .description("Notices that the other side took")
                .register(registry);
        failed = Counter.builder("slotwarden.notices.failed")
                .description("Notices that were given up")
                .register(registry);
        attemptsFailed = Counter.builder("slotwarden.notices.attempts.failed")
                .description("Attempts to send a message that failed")
                .register(registry);
    }

    /** Begins to send what is due. @return the work on each channel, for whoever wants to wait */
    List<Future<?>> look() {
        List<Future<?>> begun = new ArrayList<>();
        for (long channel : messages.dueChannels(clock.instant())) {
            if (busy.add(channel)) {
                begun.add(workers.submit(() -> {
                    try {
                        work(channel);
                    } catch (DataAccessException | TransactionException e) {
                        log.warn("Messages of channel {} are put off: {}", channel, e.toString());
                    } finally {
                        busy.remove(channel);
                    }
                }));
            }
        }
        return begun;
    }

    /** Until all is sent, or an attempt fails in a way in which the next would fail, too. */
    private void work(long channel) {
        boolean goOn = true;
        while (goOn) {
            MessageStore.Taken taken = messages.take(channel, clock.instant()).orElse(null);
            if (taken == null) {
                return;
            }
            if (taken.message().count() == 0) {
                messages.over(taken, TellingState.FAILED, "the jobs were deleted meanwhile", clock.instant());
                continue;
            }
            Attempt attempt = attempt(taken.message());
            if (Thread.currentThread().isInterrupted()) {
                return;
            }
            settle(taken, attempt);
            goOn = attempt.result() != Attempt.Result.LATER;
        }
    }

    private void settle(MessageStore.Taken taken, Attempt attempt) {
        Message message = taken.message();
        Instant now = clock.instant();
        if (attempt.result() == Attempt.Result.ACCEPTED) {
            messages.over(taken, TellingState.SENT, attempt.said(), now);
            sent.increment(message.count());
            return;
        }
        attemptsFailed.increment();
        Instant next = now.plus(pause(taken.attempts(), attempt));
        if (attempt.result() == Attempt.Result.REFUSED
                || next.isAfter(message.madeAt().plus(TRIED_FOR))) {
            messages.over(taken, TellingState.FAILED, attempt.said(), now);
            failed.increment(message.count());
            log.warn(
                    "A message with {} notices is given up on channel {}: {}",
                    message.count(),
                    message.channel().name(),
                    attempt.said());
            return;
        }
        messages.later(taken, attempt.said(), next);
        log.info(
                "A message on channel {} is tried again at {}: {}",
                message.channel().name(),
                next,
                attempt.said());
    }

    /** 30 s, doubled with each attempt, 5 min at most; or what the other side asks for, an hour at most. */
    static Duration pause(int attempts, Attempt attempt) {
        Duration pause = shorter(FIRST_PAUSE.multipliedBy(1L << Math.clamp(attempts - 1, 0, 10)), LONGEST_PAUSE);
        Duration asked = attempt.pause();
        return asked != null && asked.compareTo(pause) > 0 ? shorter(asked, LONGEST_ASKED) : pause;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Within the deadline, whatever the other side does. */
    Attempt attempt(Message message) {
        Future<Attempt> attempt =
                workers.submit(() -> message.channel().terms().byMail() ? mail.send(message) : webhooks.send(message));
        try {
            return attempt.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return Attempt.later("no answer within " + deadline.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Attempt.later("the portal ends");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Seal.Broken) {
                return Attempt.later(
                        "a secret of this channel cannot be opened with the portal's channel-key:" + " give it again");
            }
            log.warn(
                    "A message could not be sent on channel {}",
                    message.channel().name(),
                    e.getCause());
            return Attempt.later("the portal failed; its log says more");
        } finally {
            // Closes the socket of one that hangs.
            attempt.cancel(true);
        }
    }

    @Override
    public void destroy() {
        workers.shutdownNow();
    }
}
