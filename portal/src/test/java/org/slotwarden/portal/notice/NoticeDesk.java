package org.slotwarden.portal.notice;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.user.AccountMail;
import org.slotwarden.portal.user.Viewer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The sending side of a portal, by a clock that a test turns. Each look is one of a portal that has just been started:
 * nothing is remembered but in the database.
 */
final class NoticeDesk {

    static final Viewer ADMIN = new Viewer("root", true);
    static final NoticeSettings SETTINGS = settings(List.of());

    private final JdbcClient jdbc;
    private final JdbcTemplate template;
    private final JsonMapper json;
    private final ChannelStore store;
    private final MessageStore messages;
    private final Notices notices;
    private final AccountMail accounts;
    private final Audit audit;
    private final TransactionTemplate transaction;
    private Duration deadline = Duration.ofSeconds(20);
    private SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
    private NoticeSettings settings = SETTINGS;
    private Instant now;

    NoticeDesk(
            JdbcTemplate template,
            JsonMapper json,
            ChannelStore store,
            MessageStore messages,
            Notices notices,
            AccountMail accounts,
            Audit audit,
            TransactionTemplate transaction,
            Instant begin) {
        this.jdbc = JdbcClient.create(template);
        this.template = template;
        this.json = json;
        this.store = store;
        this.messages = messages;
        this.notices = notices;
        this.accounts = accounts;
        this.audit = audit;
        this.transaction = transaction;
        this.now = begin;
    }

    static NoticeSettings settings(List<String> privateHosts) {
        return new NoticeSettings(
                URI.create("https://slotwarden.example.org/"),
                "{user}@example.org",
                List.of(),
                true,
                privateHosts,
                Duration.ofSeconds(5),
                Duration.ofDays(90));
    }

    NoticeDesk with(Duration deadline) {
        this.deadline = deadline;
        return this;
    }

    NoticeDesk with(NoticeSettings settings) {
        this.settings = settings;
        return this;
    }

    NoticeDesk with(SSLSocketFactory tls) {
        this.tls = tls;
        return this;
    }

    void at(Instant now) {
        this.now = now;
    }

    private Clock clock() {
        return Clock.fixed(now, ZoneOffset.UTC);
    }

    private OwnerAddresses addresses() {
        return new OwnerAddresses(accounts, settings, audit);
    }

    NoticeRouting routing() {
        return new NoticeRouting(
                jdbc, template, store, new Silences(jdbc, store, audit, clock()), addresses(), transaction, clock());
    }

    MessageSender sender() {
        MessageText text = new MessageText(settings);
        return new MessageSender(
                messages,
                new MailSender(store, addresses(), text, tls),
                new WebhookSender(store, new WebhookBody(json, text), settings, clock()),
                new SimpleMeterRegistry(),
                clock(),
                deadline);
    }

    /** Gives all that there is to channels, and tries all that is due. */
    void look() {
        routing().look();
        send(sender());
    }

    void look(Instant at) {
        at(at);
        look();
    }

    static void send(MessageSender sender) {
        try {
            for (Future<?> one : sender.look()) {
                one.get();
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    <T> T channels(Function<Channels, T> what) {
        Channels channels = new Channels(store, messages, sender(), audit, settings, transaction, clock());
        return Objects.requireNonNull(transaction.execute(status -> what.apply(channels)));
    }

    Channel mail(String name, MailTerms server, boolean admins, boolean owners) {
        return channel(name, new ChannelTerms(admins, owners, 300, null, null, server, null), Map.of());
    }

    Channel webhook(String name, String form, Map<String, String> secrets) {
        return channel(
                name, new ChannelTerms(true, false, 300, null, null, null, new WebhookTerms(form, null)), secrets);
    }

    Channel channel(String name, ChannelTerms terms, Map<String, String> secrets) {
        return channels(channels -> channels.create(new Channels.Wish(name, true, terms, secrets), ADMIN));
    }

    Silence silence(Silences.Wish wish) {
        Silences silences = new Silences(jdbc, store, audit, clock());
        return Objects.requireNonNull(transaction.execute(status -> silences.make(wish, ADMIN)));
    }

    /** @param user null: for the admins */
    void say(@Nullable String user, long job, NoticeKind kind, String flagKind, String subject, String text) {
        transaction.executeWithoutResult(status -> notices.add(
                new Notices.News(user, job, kind, 1L, flagKind, subject, text), Actor.policy("leaks"), now));
    }

    void say(@Nullable String user, long job, NoticeKind kind, String subject) {
        say(user, job, kind, "memory_leak", subject, "Memory leaks: Memory +240 MB/h.");
    }

    List<SentMessage> messages(Channel channel) {
        return messages.latest(channel.id(), 100);
    }

    Optional<MessageStore.Taken> take(Channel channel) {
        return messages.take(channel.id(), now);
    }

    int deleteOld(Instant before) {
        return messages.deleteOld(before, 1000);
    }

    static MailTerms server(int port, String... to) {
        return new MailTerms("127.0.0.1", port, "none", "", "slotwarden@example.org", List.of(to));
    }
}
