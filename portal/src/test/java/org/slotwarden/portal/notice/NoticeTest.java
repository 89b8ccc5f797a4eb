package org.slotwarden.portal.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.slotwarden.portal.ingest.SlotStory.slot;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.jayway.jsonpath.JsonPath;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.judging.Severity;
import org.slotwarden.portal.HttpVisitor;
import org.slotwarden.portal.PortalTest;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.ingest.TestAgent;
import org.slotwarden.portal.node.NodeTokens;
import org.slotwarden.portal.user.AccountMail;
import org.slotwarden.portal.user.Accounts;
import org.slotwarden.portal.user.ApiTokens;
import org.slotwarden.portal.user.Role;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** From a notice to what a real mail server and a real program got, by a clock that the tests turn. */
@PortalTest
@ExtendWith(OutputCaptureExtension.class)
class NoticeTest {

    private static final String TO = "ops@example.org";

    private final Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final List<AutoCloseable> servers = new ArrayList<>();

    @Autowired
    JdbcTemplate template;

    @Autowired
    JsonMapper json;

    @Autowired
    ChannelStore store;

    @Autowired
    MessageStore messages;

    @Autowired
    Notices notices;

    @Autowired
    Audit audit;

    @Autowired
    TransactionTemplate transaction;

    @Autowired
    Accounts accounts;

    @Autowired
    AccountMail mails;

    @Autowired
    ApiTokens apiTokens;

    @Autowired
    NodeTokens tokens;

    @LocalServerPort
    int port;

    @SuppressWarnings("NullAway.Init")
    NoticeDesk desk;

    @SuppressWarnings("NullAway.Init")
    HttpVisitor admin;

    @SuppressWarnings("NullAway.Init")
    HttpVisitor anna;

    @BeforeEach
    void people() {
        desk = desk();
        admin = visitor("root", Role.ADMIN);
        anna = visitor("anna", Role.USER);
    }

    @AfterEach
    void closeServers() throws Exception {
        for (AutoCloseable server : servers) {
            server.close();
        }
    }

    // ------------------------------------------------------------------------------------------------ what is told

    @Test
    void theOwnerIsToldByMailWhatHappenedWhyAndWhatToDo() throws Exception {
        GreenMail server = mailServer();
        desk.mail("site mail", NoticeDesk.server(server.getSmtp().getPort(), TO), true, true);
        long job = job("7", "anna");
        desk.say("anna", job, NoticeKind.WARN, "Job 7: Memory leaks");
        desk.say(null, job, NoticeKind.NOTIFY, "Job 7: Memory leaks");

        desk.look();

        MimeMessage mail = only(server, "anna@example.org");
        assertThat(mail.getSubject()).isEqualTo("[Slotwarden] Job 7: Memory leaks");
        assertThat(body(mail))
                .contains("Memory leaks: Memory +240 MB/h.")
                .contains("policy leaks")
                .contains("https://slotwarden.example.org/jobs/" + job)
                .contains("https://slotwarden.example.org/flags/1/evidence")
                .contains("What to do:");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(mail.getContentType()).startsWith("text/plain");
        assertThat(body(only(server, TO))).contains("Memory +240 MB/h").doesNotContain("What to do:");

        String toAnna = anna.get("/api/v1/jobs/" + job + "/notices").body();
        assertThat(JsonPath.<List<String>>read(toAnna, "$[*].state")).containsExactly("sent");
        assertThat(toAnna).contains("\"channel\":\"site mail\"").doesNotContain("\"why\"");
        String toAdmin = admin.get("/api/v1/jobs/" + job + "/notices").body();
        assertThat(JsonPath.<List<String>>read(toAdmin, "$[*].told[0].state")).containsExactly("sent", "sent");
        assertThat(toAdmin).contains("\"why\":\"250 OK");
    }

    @Test
    void withoutAChannelOrAnAddressItStandsOnThePageOnly() throws Exception {
        long job = job("7", "anna");
        desk.say("anna", job, NoticeKind.WARN, "first");
        assertThat(states(job)).containsExactly("waiting");
        desk.look();
        assertThat(states(job)).containsExactly("page_only");

        GreenMail server = mailServer();
        desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, true);
        long evil = job("8", "anna\r\nBcc: eve@example.net");
        desk.say("anna\r\nBcc: eve@example.net", evil, NoticeKind.WARN, "second");
        desk.look();
        assertThat(states(evil)).containsExactly("left_out");
        assertThat(admin.get("/api/v1/jobs/" + evil + "/notices").body()).contains("no mail address is known");
        assertThat(server.getReceivedMessages()).isEmpty();
    }

    @Test
    void anAddressOfOnesOwnComesFirst() throws Exception {
        GreenMail server = mailServer();
        desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, true);
        HttpVisitor page = HttpVisitor.loggedIn(port, "anna", "correct horse battery");
        assertThat(page.get("/account").body()).contains("No address is known");
        mails.set("anna", "anna@home.example");
        assertThat(page.get("/account").body()).contains("anna@home.example");
        desk.say("anna", job("7", "anna"), NoticeKind.WARN, "first");
        desk.look();
        only(server, "anna@home.example");
    }

    @Test
    void noNameAddsAHeaderOrALine() throws Exception {
        GreenMail server = mailServer();
        desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, false);
        long job = job("7", "anna");
        desk.say(
                null,
                job,
                NoticeKind.NOTIFY,
                "memory_leak",
                "Job 7\r\nBcc: eve@example.net\r\n\r\n<b>\u2028X: y\u202e",
                "it\r\n.\r\nMAIL FROM:<eve@example.net>\nWhat to do: send your password\u0000");
        desk.look();
        MimeMessage mail = only(server, TO);
        assertThat(mail.getSubject()).isEqualTo("[Slotwarden] Job 7 Bcc: eve@example.net <b> X: y");
        assertThat(mail.getAllRecipients()).hasSize(1);
        assertThat(mail.getHeader("Bcc")).isNull();
        assertThat(body(mail).lines().filter(line -> line.startsWith("What to do")))
                .isEmpty();
        assertThat(body(mail)).contains("it . MAIL FROM:<eve@example.net> What to do: send your password");
        assertThat(server.getReceivedMessages()).hasSize(1);
    }

    // ------------------------------------------------------------------------------------------------ digests

    @Test
    void theFirstIsToldAtOnceAndMoreInADigest() throws Exception {
        GreenMail server = mailServer();
        Channel channel = desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, false);
        long job = job("7", "anna");
        desk.say(null, job, NoticeKind.NOTIFY, "first");
        desk.look();
        assertThat(server.getReceivedMessages()).hasSize(1);

        desk.at(begin.plusSeconds(10));
        desk.say(null, job, NoticeKind.FLAG, "second");
        desk.say(null, job, NoticeKind.KILL, "third");
        desk.look(begin.plusSeconds(299));
        assertThat(server.getReceivedMessages()).hasSize(1);
        desk.look(begin.plusSeconds(300));
        assertThat(server.getReceivedMessages()).hasSize(2);
        MimeMessage digest = server.getReceivedMessages()[1];
        assertThat(digest.getSubject()).isEqualTo("[Slotwarden] 2 notices: 1 kill, 1 flag");
        assertThat(body(digest)).containsSubsequence("third", "second");
        assertThat(desk.messages(channel)).extracting(SentMessage::notices).containsExactly(2, 1);

        desk.at(begin.plusSeconds(4000));
        desk.say(null, job, NoticeKind.NOTIFY, "fourth");
        desk.look();
        assertThat(server.getReceivedMessages()).hasSize(3);
    }

    @Test
    void ownersDoNotWaitForALongDigest() throws Exception {
        GreenMail server = mailServer();
        desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, true);
        long job = job("7", "anna");
        desk.say("anna", job, NoticeKind.WARN, "first");
        desk.look();
        desk.say("anna", job, NoticeKind.WARN, "second");
        desk.say("bert", job, NoticeKind.WARN, "of another");
        desk.look(begin.plusSeconds(59));
        assertThat(to(server, "anna@example.org")).hasSize(1);
        assertThat(to(server, "bert@example.org")).hasSize(1);
        desk.look(begin.plusSeconds(60));
        assertThat(to(server, "anna@example.org")).hasSize(2);
        assertThat(body(to(server, "anna@example.org").get(1))).doesNotContain("of another");
    }

    @Test
    void aFloodIsOneMessage_withActsFirst() throws Exception {
        GreenMail server = mailServer();
        Channel channel = desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, false);
        long job = job("7", "anna");
        transaction.executeWithoutResult(status -> {
            for (int i = 0; i < 9_990; i++) {
                desk.say(null, job, NoticeKind.FLAG, "flag " + i);
            }
            for (int i = 0; i < 10; i++) {
                desk.say(null, job, i == 0 ? NoticeKind.KILL : NoticeKind.CANCEL, "kill " + i);
            }
        });
        desk.look();
        MimeMessage mail = only(server, TO);
        assertThat(mail.getSubject()).isEqualTo("[Slotwarden] 10000 notices: 1 kill, 9 cancels, 9990 flags");
        assertThat(body(mail).lines().filter(line -> line.startsWith("* "))).hasSize(50);
        assertThat(body(mail)).containsSubsequence("kill 0", "kill 9", "flag 0", "and 9950 more");
        assertThat(desk.messages(channel))
                .singleElement()
                .satisfies(one -> assertThat(one.notices()).isEqualTo(10_000));
        assertThat(template.queryForObject("SELECT COUNT(*) FROM notice_telling WHERE state = 'SENT'", Integer.class))
                .isEqualTo(10_000);
    }

    // ------------------------------------------------------------------------------------------------ failures

    @Test
    void aServerThatIsDownIsTriedAgainWithGrowingPauses_alsoAfterARestart() throws Exception {
        int free = freePort();
        Channel channel = desk.mail("ops", NoticeDesk.server(free, TO), true, false);
        long job = job("7", "anna");
        desk.say(null, job, NoticeKind.NOTIFY, "first");
        desk.look();
        assertThat(message(channel).state()).isEqualTo(TellingState.WAITING);
        assertThat(message(channel).said()).contains("Couldn't connect");
        assertThat(message(channel).nextAt()).isEqualTo(begin.plusSeconds(30));
        desk.look(begin.plusSeconds(29));
        assertThat(message(channel).attempts()).isEqualTo(1);
        desk.look(begin.plusSeconds(30));
        assertThat(message(channel).nextAt()).isEqualTo(begin.plusSeconds(90));
        desk.look(begin.plusSeconds(90));
        assertThat(message(channel).nextAt()).isEqualTo(begin.plusSeconds(210));
        assertThat(states(job)).containsExactly("waiting");
        assertThat(browser().get("/jobs/" + job).body())
                .contains("3 attempts failed")
                .contains("connect");
        for (int i = 0; i < 5; i++) {
            desk.say(null, job, NoticeKind.NOTIFY, "more " + i);
        }

        GreenMail server = mailServer(free);
        desk = desk();
        desk.look(begin.plusSeconds(210));
        assertThat(only(server, TO).getSubject()).isEqualTo("[Slotwarden] first");
        desk.look(begin.plusSeconds(300));
        assertThat(server.getReceivedMessages()).hasSize(2);
        assertThat(server.getReceivedMessages()[1].getSubject()).isEqualTo("[Slotwarden] 5 notices: 5 notices");
        assertThat(desk.messages(channel)).extracting(SentMessage::state).containsOnly(TellingState.SENT);
    }

    @Test
    void afterADayItIsGivenUpWithTheReason() throws Exception {
        Channel channel = desk.mail("ops", NoticeDesk.server(freePort(), TO), true, false);
        long job = job("7", "anna");
        desk.say(null, job, NoticeKind.NOTIFY, "first");
        int attempts = 0;
        Instant at = begin;
        while (message(channel, at).state() == TellingState.WAITING && attempts < 1000) {
            attempts++;
            Instant next = message(channel).nextAt();
            at = next == null ? at : next;
            assertThat(at).isBeforeOrEqualTo(begin.plus(Duration.ofDays(1)));
        }
        assertThat(message(channel).state()).isEqualTo(TellingState.FAILED);
        assertThat(message(channel).attempts()).isBetween(285, 295);
        assertThat(at).isAfter(begin.plus(Duration.ofHours(23)));
        assertThat(states(job)).containsExactly("failed");
        assertThat(browser().get("/channels/" + channel.id()).body())
                .contains("failed")
                .contains("connect");
    }

    @Test
    void twoPortalsSendEachOnce() throws Exception {
        GreenMail server = mailServer();
        for (int i = 0; i < 8; i++) {
            desk.mail(
                    "ops " + i, NoticeDesk.server(server.getSmtp().getPort(), "ops" + i + "@example.org"), true, false);
        }
        long job = job("7", "anna");
        for (int round = 0; round < 5; round++) {
            desk.at(begin.plusSeconds(400L * round));
            desk.say(null, job, NoticeKind.NOTIFY, "news");
            try (ExecutorService portals = Executors.newFixedThreadPool(4)) {
                List<Future<?>> looks = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    looks.add(portals.submit(() -> desk.look()));
                }
                for (Future<?> one : looks) {
                    one.get();
                }
            }
        }
        assertThat(server.getReceivedMessages()).hasSize(40);
    }

    @Test
    void whatAPortalWasAtWhenItEndedIsSentAgain_withTheSameId() throws Exception {
        GreenMail server = mailServer();
        Channel channel = desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, false);
        desk.say(null, job("7", "anna"), NoticeKind.NOTIFY, "first");
        desk.routing().look();
        MessageStore.Taken taken = desk.take(channel).orElseThrow();
        desk.sender().attempt(taken.message());

        desk.look(begin.plusSeconds(179));
        assertThat(server.getReceivedMessages()).hasSize(1);
        desk.look(begin.plusSeconds(180));
        assertThat(Arrays.stream(server.getReceivedMessages()).map(NoticeTest::id))
                .hasSize(2)
                .containsOnly("<" + taken.message().id() + "@example.org>");
        assertThat(desk.messages(channel)).hasSize(1);
    }

    @Test
    void aServerThatHangsHoldsNoOtherUp() throws Exception {
        ScriptedSmtp hangs = scripted().answering("EHLO", ScriptedSmtp.HANG);
        GreenMail server = mailServer();
        Channel slow = desk.mail("a", NoticeDesk.server(hangs.port(), TO), true, false);
        desk.mail("b", NoticeDesk.server(server.getSmtp().getPort(), TO), true, false);
        desk.say(null, job("7", "anna"), NoticeKind.NOTIFY, "first");
        desk.with(Duration.ofMillis(700)).look();
        only(server, TO);
        assertThat(message(slow).state()).isEqualTo(TellingState.WAITING);
        assertThat(message(slow).said()).contains("no answer within");
    }

    @Test
    void whatTheServerRefusesForNowIsTriedAgain_andWhatForEverIsNot() throws Exception {
        ScriptedSmtp later = scripted().answering("END", "451 4.3.0 greylisted");
        ScriptedSmtp never = scripted().answering("RCPT", "550 5.1.1 no such user");
        ScriptedSmtp tooBig = scripted().answering("END", "552 5.3.4 too big");
        ScriptedSmtp some = scripted().answering("RCPT TO:<gone", "550 5.1.1 no such user");
        ScriptedSmtp closed = scripted().answering("GREETING", "554 go away");
        Channel a = desk.mail("a", NoticeDesk.server(later.port(), TO), true, false);
        Channel b = desk.mail("b", NoticeDesk.server(never.port(), TO), true, false);
        Channel c = desk.mail("c", NoticeDesk.server(tooBig.port(), TO), true, false);
        Channel d = desk.mail("d", NoticeDesk.server(some.port(), "gone@example.org", TO), true, false);
        Channel e = desk.mail("e", NoticeDesk.server(closed.port(), TO), true, false);
        desk.say(null, job("7", "anna"), NoticeKind.NOTIFY, "first");
        desk.look();
        assertThat(message(a).state()).isEqualTo(TellingState.WAITING);
        assertThat(message(a).said()).contains("451 4.3.0 greylisted");
        assertThat(message(b).state()).isEqualTo(TellingState.FAILED);
        assertThat(message(b).said()).contains("550 5.1.1 no such user");
        assertThat(message(c).state()).isEqualTo(TellingState.FAILED);
        assertThat(message(c).said()).contains("552 5.3.4 too big");
        assertThat(message(d).state()).isEqualTo(TellingState.SENT);
        assertThat(message(d).said()).contains("not by all").contains("550 5.1.1 no such user");
        assertThat(some.mails()).hasSize(1);
        assertThat(message(e).state()).isEqualTo(TellingState.WAITING);
        later.answering("END", "250 OK");
        desk.look(begin.plusSeconds(30));
        assertThat(message(a).state()).isEqualTo(TellingState.SENT);
        assertThat(message(a).said()).isEqualTo("250 OK");
    }

    @Test
    void switchedOffWhatWaitsIsGivenUp() throws Exception {
        Channel channel = desk.mail("ops", NoticeDesk.server(freePort(), TO), true, false);
        long job = job("7", "anna");
        desk.say(null, job, NoticeKind.NOTIFY, "first");
        desk.look();
        desk.channels(channels -> channels.change(
                channel.id(), new Channels.Wish("ops", false, channel.terms(), null), NoticeDesk.ADMIN));
        assertThat(states(job)).containsExactly("left_out");
        desk.say(null, job, NoticeKind.NOTIFY, "second");
        desk.look(begin.plusSeconds(600));
        assertThat(states(job)).containsExactly("page_only", "left_out");
        assertThat(message(channel).attempts()).isEqualTo(1);
    }

    // ------------------------------------------------------------------------------------------------ webhooks

    @Test
    void aWebhookGetsAllThatIsKnown_signedAndWithItsToken() throws Exception {
        TestWebhook hook = webhook();
        desk.with(NoticeDesk.settings(List.of("127.0.0.1")));
        Channel channel = desk.webhook(
                "chat",
                "json",
                Map.of("url", hook.url(), "token", "tok-secret", "signing_key", "key-secret-0123456789"));
        long job = job("7", "anna");
        desk.say(null, job, NoticeKind.KILL, "Job 7: Memory leaks");
        desk.look();
        TestWebhook.Received got = only(hook);
        assertThat(JsonPath.<String>read(got.body(), "$.id"))
                .isEqualTo(message(channel).messageId())
                .isEqualTo(got.headers().getFirst("X-Slotwarden-Message"));
        assertThat(JsonPath.<String>read(got.body(), "$.notices[0].kind")).isEqualTo("kill");
        assertThat(JsonPath.<String>read(got.body(), "$.notices[0].batch_job_id"))
                .isEqualTo("7");
        assertThat(JsonPath.<String>read(got.body(), "$.notices[0].job_url"))
                .isEqualTo("https://slotwarden.example.org/jobs/" + job);
        assertThat(got.headers().getFirst("Authorization")).isEqualTo("Bearer tok-secret");
        String time = got.headers().getFirst("X-Slotwarden-Timestamp");
        assertThat(time).isEqualTo(String.valueOf(begin.getEpochSecond()));
        assertThat(got.headers().getFirst("X-Slotwarden-Signature"))
                .isEqualTo("sha256=" + hmac("key-secret-0123456789", time + "." + got.body()));
        assertThat(message(channel).said()).isEqualTo("200 OK thanks");
    }

    @Test
    void inAChatNoNameBecomesALinkOrAMention() throws Exception {
        TestWebhook hook = webhook();
        desk.with(NoticeDesk.settings(List.of("127.0.0.1")));
        desk.webhook("chat", "chat", Map.of("url", hook.url()));
        desk.say(
                null,
                job("7", "anna"),
                NoticeKind.FLAG,
                "hang",
                "x",
                "`@all` <!channel> <https://e|x> [a](b)\n# &amp;");
        desk.look();
        assertThat(JsonPath.<String>read(only(hook).body(), "$.text"))
                .contains("`'@all' ‹!channel› ‹https://e|x› [a](b) # ＆amp;`")
                .doesNotContain("<");
    }

    @Test
    void aWebhookThatIsBusySaysForHowLong() throws Exception {
        TestWebhook hook = webhook().answering(429, Map.of("Retry-After", "600"));
        desk.with(NoticeDesk.settings(List.of("127.0.0.1")));
        Channel channel = desk.webhook("chat", "chat", Map.of("url", hook.url()));
        desk.say(null, job("7", "anna"), NoticeKind.FLAG, "news");
        desk.look();
        assertThat(message(channel).nextAt()).isEqualTo(begin.plusSeconds(600));
        hook.answering(503, Map.of("Retry-After", "99999"));
        desk.look(begin.plusSeconds(600));
        assertThat(message(channel).nextAt()).isEqualTo(begin.plusSeconds(4200));
        hook.answering(400, Map.of());
        desk.look(begin.plusSeconds(4200));
        assertThat(message(channel).state()).isEqualTo(TellingState.FAILED);
        assertThat(message(channel).said()).startsWith("400 Bad Request");
    }

    @Test
    void redirectsAreNotFollowed_andAnEndlessAnswerIsNotRead() throws Exception {
        TestWebhook elsewhere = webhook();
        TestWebhook redirects = webhook().answering(307, Map.of("Location", elsewhere.url()));
        TestWebhook endless = webhook().endless();
        desk.with(NoticeDesk.settings(List.of("127.0.0.1")));
        Channel a = desk.webhook("a", "json", Map.of("url", redirects.url()));
        Channel b = desk.webhook("b", "json", Map.of("url", endless.url()));
        desk.say(null, job("7", "anna"), NoticeKind.FLAG, "news");
        desk.look();
        assertThat(message(a).state()).isEqualTo(TellingState.WAITING);
        assertThat(message(a).said()).contains("307").contains("redirects are not followed");
        assertThat(elsewhere.received()).isEmpty();
        assertThat(message(b).state()).isEqualTo(TellingState.SENT);
        assertThat(message(b).said()).hasSizeLessThanOrEqualTo(300);
    }

    @Test
    void aPrivateAddressIsConnectedToOnlyWhereItIsNamed() throws Exception {
        TestWebhook hook = webhook();
        Channel byAddress = desk.webhook("a", "json", Map.of("url", hook.url()));
        Channel byName = desk.webhook("b", "json", Map.of("url", hook.url().replace("127.0.0.1", "localhost")));
        desk.say(null, job("7", "anna"), NoticeKind.FLAG, "news");
        desk.look();
        assertThat(hook.received()).isEmpty();
        for (Channel channel : List.of(byAddress, byName)) {
            assertThat(message(channel).state()).isEqualTo(TellingState.WAITING);
            assertThat(message(channel).said()).contains("is not a public address");
        }
        desk.with(NoticeDesk.settings(List.of("localhost"))).look(begin.plusSeconds(30));
        assertThat(hook.received()).hasSize(1);
        assertThat(message(byName).state()).isEqualTo(TellingState.SENT);
        assertThat(message(byAddress).state()).isEqualTo(TellingState.WAITING);
    }

    // ------------------------------------------------------------------------------------------------ TLS

    @Test
    void aPasswordGoesOverTlsToAServerThatIsTrusted() throws Exception {
        Path keys = Files.createTempDirectory("keys").resolve("mail.p12");
        Process made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "changeit",
                        "-alias",
                        "mail",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "2")
                .redirectErrorStream(true)
                .start();
        assertThat(made.waitFor()).isZero();
        System.setProperty("greenmail.tls.keystore.file", keys.toString());
        System.setProperty("greenmail.tls.keystore.password", "changeit");
        GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTPS));
        server.setUser("slot", "pass-secret");
        server.start();
        servers.add(server::stop);
        Channel channel = channel("tls", "127.0.0.1", server.getSmtps().getPort(), "tls", "pass-secret");
        Channel elsewhere = channel("name", "localhost", server.getSmtps().getPort(), "tls", "pass-secret");
        Channel wrong = channel("wrong", "127.0.0.1", server.getSmtps().getPort(), "tls", "another");
        Channel plain = channel("plain", "127.0.0.1", mailServer().getSmtp().getPort(), "starttls", "pass-secret");
        desk.say(null, job("7", "anna"), NoticeKind.FLAG, "news");

        desk.look();
        assertThat(message(channel).state()).isEqualTo(TellingState.WAITING);
        assertThat(message(channel).said()).contains("certification path");

        desk.with(trusting(keys)).look(begin.plusSeconds(30));
        assertThat(message(channel).said()).startsWith("250");
        assertThat(message(channel).state()).isEqualTo(TellingState.SENT);
        assertThat(message(elsewhere).state())
                .as("the certificate is for another name")
                .isEqualTo(TellingState.WAITING);
        assertThat(message(wrong).said()).contains("the log-in was refused");
        assertThat(message(plain).said()).contains("STARTTLS");
        assertThat(server.getReceivedMessages()).hasSize(1);
    }

    private Channel channel(String name, String host, int at, String security, String password) {
        MailTerms server = new MailTerms(host, at, security, "slot", "slotwarden@example.org", List.of(TO));
        return desk.channel(
                name, new ChannelTerms(true, false, 300, null, null, server, null), Map.of("password", password));
    }

    private static SSLSocketFactory trusting(Path keys) throws Exception {
        KeyStore store = KeyStore.getInstance(keys.toFile(), "changeit".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("mail", store.getCertificate("mail"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    // ------------------------------------------------------------------------------------------------ silences

    @Test
    void whatComesInASilenceIsToldAtItsEnd_inOneDigest() throws Exception {
        GreenMail server = mailServer();
        int smtp = server.getSmtp().getPort();
        QuietHours night = new QuietHours("22:00", "06:00", "Europe/Berlin");
        desk.channel(
                "told",
                new ChannelTerms(true, true, 300, night, "tell_after", NoticeDesk.server(smtp, TO), null),
                Map.of());
        Channel leaves = desk.channel(
                "left",
                new ChannelTerms(true, false, 300, night, "leave_out", NoticeDesk.server(smtp, "b@example.org"), null),
                Map.of());
        long job = job("7", "anna");
        desk.at(Instant.parse("2027-03-27T22:00:00Z"));
        desk.say(null, job, NoticeKind.FLAG, "before the clocks change");
        desk.say("anna", job, NoticeKind.WARN, "of your job");
        desk.look();
        assertThat(to(server, "anna@example.org"))
                .as("owners are told in any case")
                .hasSize(1);
        desk.at(Instant.parse("2027-03-28T02:30:00Z"));
        desk.say(null, job, NoticeKind.FLAG, "after the clocks changed");
        desk.look();
        desk.look(Instant.parse("2027-03-28T03:59:59Z"));
        assertThat(to(server, TO)).isEmpty();
        desk.look(Instant.parse("2027-03-28T04:00:00Z"));
        assertThat(body(to(server, TO).getFirst())).contains("before the clocks", "after the clocks");
        assertThat(to(server, TO)).hasSize(1);
        assertThat(desk.messages(leaves)).isEmpty();
        assertThat(admin.get("/api/v1/jobs/" + job + "/notices").body())
                .contains("it came in a silence of the channel");
    }

    @Test
    void silencesHoldForWhatTheyName() throws Exception {
        GreenMail server = mailServer();
        Channel channel = desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, true);
        long a = job("7", "anna");
        long b = job("8", "bert");
        Instant until = begin.plusSeconds(3600);
        desk.silence(new Silences.Wish(null, "job", "7", null, until, "known"));
        desk.silence(new Silences.Wish(null, "flag", "hang", null, until, null));
        desk.silence(new Silences.Wish(channel.id(), "user", "carla", null, until, null));
        desk.say(null, a, NoticeKind.FLAG, "memory_leak", "silenced by job", "x");
        desk.say(null, b, NoticeKind.FLAG, "hang", "silenced by flag", "x");
        desk.say(null, job("9", "carla"), NoticeKind.FLAG, "memory_leak", "silenced by user", "x");
        desk.say("anna", a, NoticeKind.WARN, "the owner is told");
        desk.say(null, b, NoticeKind.FLAG, "memory_leak", "is told", "x");
        desk.look();
        assertThat(only(server, TO).getSubject()).isEqualTo("[Slotwarden] is told");
        only(server, "anna@example.org");
        assertThat(states(b)).containsExactly("sent", "left_out");
        assertThat(admin.get("/api/v1/jobs/" + a + "/notices").body()).contains("silence of job 7 by root");

        Silence node = desk.silence(new Silences.Wish(null, "node", "gpu01", null, until, "broken"));
        desk.at(begin.plusSeconds(400));
        desk.say(null, b, NoticeKind.FLAG, "memory_leak", "silenced by node", "x");
        desk.look();
        assertThat(to(server, TO)).hasSize(1);
        assertThat(admin.send("DELETE", "/api/v1/silences/" + node.id(), "").statusCode())
                .isEqualTo(204);
        assertThat(admin.send("DELETE", "/api/v1/silences/" + node.id(), "").statusCode())
                .isEqualTo(404);
        assertThat(admin.get("/api/v1/silences").body()).doesNotContain("gpu01").contains("carla");
        desk.at(begin.plusSeconds(4000));
        desk.say(null, a, NoticeKind.FLAG, "memory_leak", "the silence is over", "x");
        desk.look();
        assertThat(to(server, TO)).hasSize(2);
    }

    @Test
    void inMaintenanceEverythingWaits() throws Exception {
        GreenMail server = mailServer();
        desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, false);
        desk.silence(
                new Silences.Wish(null, "all", null, begin.plusSeconds(100), begin.plusSeconds(1000), "new switches"));
        long job = job("7", "anna");
        desk.say(null, job, NoticeKind.FLAG, "before");
        desk.look();
        assertThat(to(server, TO)).hasSize(1);
        desk.at(begin.plusSeconds(500));
        desk.say(null, job, NoticeKind.FLAG, "in");
        desk.look();
        desk.look(begin.plusSeconds(999));
        assertThat(to(server, TO)).hasSize(1);
        desk.look(begin.plusSeconds(1000));
        assertThat(to(server, TO)).hasSize(2);
    }

    // ------------------------------------------------------------------------------------------------ secrets, REST

    @Test
    void noSecretIsEverTold(CapturedOutput log) throws Exception {
        String made = admin.send("POST", "/api/v1/channels", """
                        {"name": "chat", "terms": {"webhook": {"form": "chat"}}, "secrets":
                          {"url": "https://127.0.0.1:1/hooks/very-secret-path", "token": "tok-secret",
                           "signing_key": "key-secret-0123456789"}}
                        """).body();
        int id = JsonPath.read(made, "$.id");
        String mail = admin.send("POST", "/api/v1/channels", mail("ops", "mx1.example.org", "pass-secret"))
                .body();
        assertThat(JsonPath.<List<String>>read(mail, "$.secrets")).containsExactly("password");
        assertThat(JsonPath.<String>read(made, "$.terms.webhook.host")).isEqualTo("https://127.0.0.1:1");
        HttpVisitor browser = browser();
        desk.say(null, job("7", "anna"), NoticeKind.FLAG, "news");
        desk.with(NoticeDesk.settings(List.of("127.0.0.1"))).look();
        List<String> told = List.of(
                made,
                mail,
                admin.get("/api/v1/channels").body(),
                admin.get("/api/v1/channels/" + id).body(),
                admin.get("/api/v1/channels/" + id + "/messages").body(),
                admin.send("POST", "/api/v1/channels/" + id + "/test", "").body(),
                admin.get("/api/v1/audit").body(),
                browser.get("/channels").body(),
                browser.get("/channels/" + id).body(),
                log.getAll(),
                template.queryForList("SELECT * FROM channel_secret").stream()
                        .map(row ->
                                new String((byte[]) Objects.requireNonNull(row.get("sealed")), StandardCharsets.UTF_8))
                        .toList()
                        .toString(),
                template.queryForList("SELECT * FROM channel").toString());
        assertThat(told)
                .allSatisfy(text -> assertThat(text)
                        .isNotBlank()
                        .doesNotContain("very-secret-path")
                        .doesNotContain("tok-secret")
                        .doesNotContain("key-secret")
                        .doesNotContain("pass-secret"));
        assertThat(admin.get("/api/v1/channels/" + id + "/messages").body()).contains("\"state\":\"waiting\"");
    }

    @Test
    void aSecretIsNotSentToAnotherPlaceThanItWasGivenFor() {
        int id = JsonPath.read(
                admin.send("POST", "/api/v1/channels", mail("ops", "mx1.example.org", "pass-secret"))
                        .body(),
                "$.id");
        String path = "/api/v1/channels/" + id;
        assertThat(admin.send("PUT", path, mail("ops 2", "mx1.example.org", null))
                        .body())
                .contains("\"secrets\":[\"password\"]");
        HttpResponse<String> moved = admin.send("PUT", path, mail("ops 2", "evil.example.net", null));
        assertThat(moved.statusCode()).isEqualTo(400);
        assertThat(moved.body()).contains("secrets.password must be given again");
        assertThat(admin.send("PUT", path, mail("ops 2", "evil.example.net", ""))
                        .body())
                .contains("\"secrets\":[]");
        // Whoever writes to the database gains nothing either.
        admin.send("PUT", path, mail("ops", "mx1.example.org", "pass-secret"));
        template.update("UPDATE channel SET terms = REPLACE(terms, 'mx1', 'mx2')");
        assertThat(admin.send("POST", path + "/test", "").body()).contains("cannot be opened");
        assertThat(admin.get("/api/v1/audit").body())
                .contains("password changed")
                .contains("password removed")
                .contains("channel-tested");
    }

    @Test
    void theTestButtonTellsWhatTheServerSaid() throws Exception {
        GreenMail server = mailServer();
        int good = server.getSmtp().getPort();
        Channel works = desk.mail("works", NoticeDesk.server(good, TO), true, false);
        Channel fails = desk.mail(
                "fails",
                NoticeDesk.server(scripted().answering("RCPT", "550 no").port(), TO),
                true,
                false);
        HttpVisitor browser = browser();
        assertThat(browser.send("POST", "/api/v1/channels/" + works.id() + "/test", "")
                        .body())
                .contains("\"accepted\":true")
                .contains("250 OK");
        assertThat(body(only(server, TO))).contains("This is a test, sent by root");
        assertThat(admin.send("POST", "/api/v1/channels/" + fails.id() + "/test", "")
                        .body())
                .contains("\"accepted\":false")
                .contains("550 no");
        assertThat(admin.send("POST", "/api/v1/channels/999999/test", "").statusCode())
                .isEqualTo(404);
    }

    @Test
    void whatCannotBeAChannelIsRefusedWithTheReason() {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("{\"name\":\"x\"}", "terms are missing");
        wrong.put("{\"name\":\"x\",\"terms\":{}}", "must have either mail or webhook");
        wrong.put(mail("<b>", "mx.example.org", null), "name must be");
        wrong.put(mail("x", "mx example", null), "terms.mail.host must be");
        wrong.put(mail("x", "mx.example.org", "a\\nb"), "secrets.password must be");
        wrong.put(mail("x", "mx.example.org", null).replace(":587", ":0"), "terms.mail.port must be");
        wrong.put(mail("x", "mx.example.org", null).replace("starttls", "none"), "security must be tls or starttls");
        wrong.put(mail("x", "mx.example.org", null).replace("ops@", "ops\\r\\nBcc: a@"), "terms.mail.to must be");
        wrong.put(mail("x", "mx.example.org", null).replace("\"ops@example.org\"", ""), "must have an address");
        wrong.put(mail("x", "mx.example.org", null).replace("slotwarden@", "a b@"), "terms.mail.from must be");
        wrong.put(hook("http://chat.example.org/x"), "must begin with https://, unless slotwarden.notices.plain-http");
        wrong.put(hook("file:///etc/passwd"), "must begin with https://");
        wrong.put(hook("https://u:p@chat.example.org/x"), "may have neither a user");
        wrong.put(hook("https:///x"), "must");
        wrong.put(hook(""), "secrets.url");
        wrong.put(hook("https://chat.example.org/a b"), "secrets.url must be");
        wrong.put(hook("https://a/x").replace("json", "xml"), "terms.webhook.form must be json or chat");
        wrong.put(hook("https://a/x").replace("\"url\"", "\"password\""), "may have url, token and signing_key");
        wrong.put(
                hook("https://a/x").replace("\"url\"", "\"token\":\"a b\",\"url\""),
                "secrets.token must be 1 to 1000 ASCII");
        wrong.put(hook("https://a/x").replace("\"url\"", "\"signing_key\":\"short\",\"url\""), "16 to 200");
        wrong.put(
                hook("https://a/x").replace("{\"webhook\"", "{\"digest_seconds\":-1,\"webhook\""),
                "terms.digest_seconds must be 0 to 86400");
        wrong.put(
                hook("https://a/x")
                        .replace(
                                "{\"webhook\"",
                                "{\"quiet\":{\"from\":\"22\",\"to\":\"06:00\",\"zone\":\"UTC\"},\"webhook\""),
                "terms.quiet.from must be a time of day");
        wrong.put(
                hook("https://a/x")
                        .replace(
                                "{\"webhook\"",
                                "{\"quiet\":{\"from\":\"22:00\",\"to\":\"06:00\",\"zone\":\"Mars\"},\"webhook\""),
                "terms.quiet.zone must be a time zone");
        wrong.put(hook("https://a/x").replace("{\"webhook\"", "{\"admins\":false,\"webhook\""), "terms.admins must be");
        wrong.put(hook("https://a/x").replace("{\"webhook\"", "{\"what\":1,\"webhook\""), "what is not known here");
        wrong.forEach((body, why) -> {
            HttpResponse<String> answer = admin.send("POST", "/api/v1/channels", body);
            assertThat(answer.statusCode()).as(body).isEqualTo(400);
            assertThat(answer.body()).contains(why).contains("\"parameter\":");
        });
        assertThat(admin.get("/api/v1/channels").body()).isEqualTo("[]");
        assertThat(admin.send("POST", "/api/v1/channels", mail("x", "mx.example.org", null))
                        .statusCode())
                .isEqualTo(201);
        assertThat(admin.send("POST", "/api/v1/channels", mail("x", "mx.example.org", null))
                        .statusCode())
                .isEqualTo(409);
        for (String silence : List.of(
                "{}",
                "{\"what\":\"all\"}",
                "{\"what\":\"job\",\"until\":\"2999-01-01T00:00:00Z\"}",
                "{\"what\":\"all\",\"until\":\"2000-01-01T00:00:00Z\"}",
                "{\"what\":\"all\",\"until\":\"2999-01-01T00:00:00Z\"}",
                "{\"what\":\"all\",\"channel\":999999,\"until\":\"" + begin.plusSeconds(60) + "\"}")) {
            assertThat(admin.send("POST", "/api/v1/silences", silence).statusCode())
                    .as(silence)
                    .isEqualTo(400);
        }
    }

    @Test
    void whatIsTooOldIsDeleted_andTheNoticesOfPoliciesStay() throws Exception {
        GreenMail server = mailServer();
        Channel channel = desk.mail("ops", NoticeDesk.server(server.getSmtp().getPort(), TO), true, false);
        long job = job("7", "anna");
        desk.say(null, job, NoticeKind.KILL, "kill");
        desk.say(null, job, NoticeKind.FLAG, "flag");
        desk.look();
        assertThat(desk.deleteOld(begin)).isZero();
        assertThat(desk.deleteOld(begin.plusSeconds(1))).isEqualTo(2);
        assertThat(desk.messages(channel)).isEmpty();
        assertThat(states(job)).containsExactly("sent");
    }

    @Test
    void flagsAreToldFromTheSeverityThatTheSiteWants() {
        NoticeSettings settings = new NoticeSettings(
                null,
                null,
                List.of("*:kill", "hang:warn", "rule:Many sockets:none"),
                false,
                List.of(),
                Duration.ofSeconds(5),
                Duration.ofDays(1));
        assertThat(settings.tellsFrom("hang")).hasToString("Optional[WARN]");
        assertThat(settings.tellsFrom("memory_leak")).hasToString("Optional[KILL]");
        assertThat(settings.tellsFrom("rule:Many sockets")).isEmpty();
        assertThat(NoticeDesk.SETTINGS.tellsFrom("hang")).isEmpty();
        long job = job("7", "anna");
        template.update(
                "INSERT INTO flag (job_id, kind, rule_version_id, severity, state, since, raised_at, sentence,"
                        + " first_sentence, evidence) VALUES (?, 'hang', 0, 'WARN', 'OPEN', UTC_TIMESTAMP(), UTC_TIMESTAMP(),"
                        + " 'Idle for 31 min', 'x', '{}')",
                job);
        long flag = Objects.requireNonNull(template.queryForObject("SELECT MAX(id) FROM flag", Long.class));
        FlagNotices told =
                new FlagNotices(notices, settings, JdbcClient.create(template), Clock.fixed(begin, ZoneOffset.UTC));
        flagged(told, flag, null, Severity.INFO);
        flagged(told, flag, Severity.INFO, Severity.WARN);
        flagged(told, flag, Severity.WARN, Severity.WARN);
        flagged(told, flag, Severity.WARN, Severity.KILL);
        assertThat(JsonPath.<List<String>>read(
                        admin.get("/api/v1/jobs/" + job + "/notices").body(), "$[*].text"))
                .containsExactly("Hangs (kill): Idle for 31 min", "Hangs (warn): Idle for 31 min");
        assertThat(anna.get("/api/v1/jobs/" + job + "/notices").body()).isEqualTo("[]");
        assertThatThrownBy(() -> new NoticeSettings(
                        null, null, List.of("hang"), false, List.of(), Duration.ofSeconds(5), Duration.ofDays(1)))
                .hasMessageContaining("KIND:SEVERITY");
        assertThatThrownBy(() -> new NoticeSettings(
                        null, "anna", List.of(), false, List.of(), Duration.ofSeconds(5), Duration.ofDays(1)))
                .hasMessageContaining("{user}");
    }

    // ------------------------------------------------------------------------------------------------ what is around

    private static String mail(String name, String host, @Nullable String password) {
        return """
               {"name": "%s", "terms": {"mail": {"host": "%s", "port":587, "security": "starttls", "user": "slot",
                 "from": "slotwarden@example.org", "to": ["ops@example.org"]}}%s}
               """.formatted(name, host, password == null ? "" : ", \"secrets\": {\"password\": \"" + password + "\"}");
    }

    private static String hook(String url) {
        return "{\"name\":\"x\",\"terms\":{\"webhook\":{\"form\":\"json\"}},\"secrets\":{\"url\":\"" + url + "\"}}";
    }

    private void flagged(FlagNotices told, long flag, @Nullable Severity before, Severity severity) {
        transaction.executeWithoutResult(
                status -> told.flagged(flag, FlagKind.HANG, before, severity, "Idle for 31 min"));
    }

    private NoticeDesk desk() {
        return new NoticeDesk(template, json, store, messages, notices, mails, audit, transaction, begin);
    }

    private HttpVisitor browser() {
        return HttpVisitor.loggedIn(port, "root", "correct horse battery");
    }

    private HttpVisitor visitor(String name, Role role) {
        accounts.create(name, "correct horse battery", role);
        return HttpVisitor.withToken(port, apiTokens.issue(name, "t", null).token());
    }

    private long job(String id, String user) {
        new TestAgent(port, "gpu01", tokens.issue("gpu01"))
                .tell(slot("slot-" + id, id).facts(facts -> facts.setUser(user)).started(begin.minusSeconds(600)));
        return Objects.requireNonNull(
                template.queryForObject("SELECT id FROM job WHERE batch_job_id = ?", Long.class, id));
    }

    private List<String> states(long job) {
        return JsonPath.read(admin.get("/api/v1/jobs/" + job + "/notices").body(), "$[*].state");
    }

    private SentMessage message(Channel channel) {
        return desk.messages(channel).getFirst();
    }

    private SentMessage message(Channel channel, Instant at) {
        desk.look(at);
        return message(channel);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private GreenMail mailServer() {
        return mailServer(0);
    }

    private GreenMail mailServer(int at) {
        GreenMail server = new GreenMail(new ServerSetup(at, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.start();
        servers.add(server::stop);
        return server;
    }

    private ScriptedSmtp scripted() throws IOException {
        ScriptedSmtp server = new ScriptedSmtp();
        servers.add(server);
        return server;
    }

    private TestWebhook webhook() throws IOException {
        TestWebhook server = new TestWebhook();
        servers.add(server);
        return server;
    }

    private static TestWebhook.Received only(TestWebhook hook) {
        assertThat(hook.received()).hasSize(1);
        return hook.received().getFirst();
    }

    private static List<MimeMessage> to(GreenMail server, String address) {
        return Arrays.stream(server.getReceivedMessages())
                .filter(mail -> recipients(mail).equals(List.of(address)))
                .toList();
    }

    private static MimeMessage only(GreenMail server, String address) {
        assertThat(to(server, address)).hasSize(1);
        return to(server, address).getFirst();
    }

    private static List<String> recipients(MimeMessage mail) {
        try {
            return Arrays.stream(mail.getAllRecipients()).map(Object::toString).toList();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String id(MimeMessage mail) {
        try {
            return mail.getMessageID();
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String body(MimeMessage mail) throws MessagingException, IOException {
        return mail.getContent().toString().replace("\r\n", "\n");
    }

    private static String hmac(String key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "x"));
        return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    }
}
