package org.slotwarden.portal.notice;

import java.time.Clock;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slotwarden.portal.audit.Actor;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.secret.Seal;
import org.slotwarden.portal.user.Viewer;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** What admins do with channels; nobody else sees them. */
@Service
public class Channels {

    /** Channels of a site. */
    public static final int MOST = 50;

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._-]{0,59}");

    private final ChannelStore store;
    private final MessageStore messages;
    private final MessageSender sender;
    private final Audit audit;
    private final NoticeSettings settings;
    private final TransactionTemplate transaction;
    private final Clock clock;

    Channels(
            ChannelStore store,
            MessageStore messages,
            MessageSender sender,
            Audit audit,
            NoticeSettings settings,
            TransactionTemplate transaction,
            Clock clock) {
        this.store = store;
        this.messages = messages;
        this.sender = sender;
        this.audit = audit;
        this.settings = settings;
        this.transaction = transaction;
        this.clock = clock;
    }

    /**
     * A channel as it is sent.
     *
     * @param enabled true, when nothing is said
     * @param secrets {@code password}, {@code url}, {@code token}, {@code signing_key}; what is not named stays as it
     *     is, what is empty is removed
     */
    public record Wish(
            @Nullable String name,
            @Nullable Boolean enabled,
            @Nullable ChannelTerms terms,
            @Nullable Map<String, String> secrets) {

        /** Without the secrets: this may come into a log. */
        @Override
        public String toString() {
            return "channel " + name;
        }
    }

    /** By name. */
    @Transactional(readOnly = true)
    public List<Channel> all(Viewer viewer) {
        demandAdmin(viewer);
        return store.all();
    }

    @Transactional(readOnly = true)
    public Optional<Channel> find(long id, Viewer viewer) {
        demandAdmin(viewer);
        return store.find(id);
    }

    /** Messages of a channel, the newest first; empty when there is no such channel. */
    @Transactional(readOnly = true)
    public Optional<List<SentMessage>> messages(long id, int most, Viewer viewer) {
        demandAdmin(viewer);
        return store.find(id).map(channel -> messages.latest(id, most));
    }

    /**
     * @throws ChannelRefused with what is wrong, and where
     * @throws ChannelConflict when the name is taken, or there are too many channels
     */
    @Transactional
    public Channel create(Wish wish, Viewer viewer) {
        demandAdmin(viewer);
        String name = name(wish, 0);
        Map<ChannelSecret, String> given = secrets(wish);
        ChannelTerms terms = terms(wish).checked(given.get(ChannelSecret.URL), settings.plainHttp());
        if (store.count() >= MOST) {
            throw new ChannelConflict("There are " + MOST + " channels, more there may not be");
        }
        long id = store.create(name, enabled(wish), terms, viewer.name(), clock.instant());
        keep(id, terms, given);
        return done(id, "channel-saved", given, viewer);
    }

    /**
     * Saves it anew. A secret stays only where it goes to the same place as before.
     *
     * @return empty when there is no such channel
     * @throws ChannelRefused with what is wrong, and where
     * @throws ChannelConflict when the name is taken
     */
    @Transactional
    public Optional<Channel> change(long id, Wish wish, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return Optional.empty();
        }
        Channel before = store.find(id).orElseThrow();
        String name = name(wish, id);
        Map<ChannelSecret, String> given = secrets(wish);
        ChannelTerms wanted = terms(wish);
        if (wanted.byMail() != before.terms().byMail()) {
            throw new ChannelRefused("terms", "must stay mail or webhook: make another channel");
        }
        ChannelTerms terms = wanted.checked(
                given.containsKey(ChannelSecret.URL) ? given.get(ChannelSecret.URL) : url(before),
                settings.plainHttp());
        for (ChannelSecret secret : before.secrets()) {
            if (!given.containsKey(secret)
                    && !terms.purpose(secret).equals(before.terms().purpose(secret))) {
                throw new ChannelRefused(
                        secret.field(),
                        "must be given again: what is kept was given for "
                                + before.terms().words());
            }
        }
        store.change(id, name, enabled(wish), terms, viewer.name(), clock.instant());
        keep(id, terms, given);
        // Whoever mended it need not wait for the next attempt, and what waits for nobody is given up.
        messages.hurry(id, clock.instant());
        if (!enabled(wish)) {
            messages.giveUp(id, "the channel was switched off", clock.instant());
        }
        return Optional.of(done(id, "channel-saved", given, viewer));
    }

    private @Nullable String url(Channel channel) {
        try {
            return store.secret(channel, ChannelSecret.URL).orElse(null);
        } catch (Seal.Broken e) {
            return null;
        }
    }

    private void keep(long id, ChannelTerms terms, Map<ChannelSecret, String> given) {
        given.forEach((secret, value) -> {
            if (value.isEmpty()) {
                store.forget(id, secret);
            } else {
                store.keep(id, terms, secret, value);
            }
        });
    }

    private static boolean enabled(Wish wish) {
        return wish.enabled() == null || wish.enabled();
    }

    private static ChannelTerms terms(Wish wish) {
        if (wish.terms() == null) {
            throw new ChannelRefused("terms", "are missing");
        }
        return wish.terms();
    }

    private String name(Wish wish, long id) {
        String name = wish.name() == null ? "" : wish.name().strip();
        if (!NAME.matcher(name).matches()) {
            throw new ChannelRefused(
                    "name",
                    "must be 1 to 60 letters, digits, blanks, dots, hyphens or underscores, a letter or digit first");
        }
        if (store.taken(name, id)) {
            throw new ChannelConflict("There is a channel of this name");
        }
        return name;
    }

    private static Map<ChannelSecret, String> secrets(Wish wish) {
        Map<ChannelSecret, String> given = new EnumMap<>(ChannelSecret.class);
        boolean mail = terms(wish).byMail();
        if (wish.secrets() != null) {
            wish.secrets().forEach((name, value) -> {
                ChannelSecret secret = ChannelSecret.named(name)
                        .filter(one -> mail == (one == ChannelSecret.PASSWORD))
                        .orElseThrow(() -> new ChannelRefused(
                                "secrets", mail ? "may have password" : "may have url, token and signing_key"));
                String text = value == null ? "" : value;
                given.put(secret, text.isEmpty() ? "" : secret.checked(text));
            });
        }
        MailTerms server = terms(wish).mail();
        if (server != null
                && server.user().isEmpty()
                && !given.getOrDefault(ChannelSecret.PASSWORD, "").isEmpty()) {
            throw new ChannelRefused("terms.mail.user", "is missing, as there is a password");
        }
        return given;
    }

    /** @return false when there is no such channel */
    @Transactional
    public boolean delete(long id, Viewer viewer) {
        demandAdmin(viewer);
        if (!store.lock(id)) {
            return false;
        }
        Channel before = store.find(id).orElseThrow();
        store.delete(id);
        audit.add(
                Actor.of(viewer),
                "channel-deleted",
                "channel " + id,
                null,
                before.name() + ", " + before.terms().words());
        return true;
    }

    /**
     * How a test went.
     *
     * @param said by the other side, or why it could not be reached
     */
    public record Tested(boolean accepted, String said) {}

    /** Sends a message now, over what is saved, silences or not; empty when there is no such channel. */
    public Optional<Tested> test(long id, Viewer viewer) {
        demandAdmin(viewer);
        return transaction.execute(status -> store.find(id)).map(channel -> {
            Attempt attempt = sender.attempt(Message.test(channel, viewer.name(), clock.instant()));
            Tested tested = new Tested(attempt.result() == Attempt.Result.ACCEPTED, attempt.said());
            transaction.executeWithoutResult(status -> audit.add(
                    Actor.of(viewer),
                    "channel-tested",
                    "channel " + id,
                    null,
                    channel.name() + (tested.accepted() ? ", accepted: " : ", failed: ") + tested.said()));
            return tested;
        });
    }

    /** Last in its transaction: see {@link Audit}. */
    private Channel done(long id, String action, Map<ChannelSecret, String> given, Viewer viewer) {
        Channel now = store.find(id).orElseThrow();
        String secrets = given.entrySet().stream()
                .map(one -> one.getKey().secretName() + (one.getValue().isEmpty() ? " removed" : " changed"))
                .collect(Collectors.joining(", "));
        audit.add(
                Actor.of(viewer),
                action,
                "channel " + id,
                null,
                now.name() + (now.enabled() ? "" : ", off") + ", " + now.terms().words()
                        + (secrets.isEmpty() ? "" : "; " + secrets));
        return now;
    }

    private static void demandAdmin(Viewer viewer) {
        if (!viewer.admin()) {
            throw new AccessDeniedException("Only admins see and change channels");
        }
    }
}
