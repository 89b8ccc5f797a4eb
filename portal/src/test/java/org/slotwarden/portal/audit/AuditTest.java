package org.slotwarden.portal.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.PortalTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What was done stays as it was written, or it shows. */
@PortalTest
class AuditTest {

    private static final Actor ANNA = new Actor(Actor.Kind.USER, "anna");
    private static final Audit.Filter ALL = new Audit.Filter(null, null, null, null, null, null);

    @Autowired
    Audit audit;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    PlatformTransactionManager transactions;

    @Test
    void entriesAreFoundByAnythingThatIsToldInThem() {
        add(ANNA, "order-kill", "job 7", 7L, "it eats 100 % of memory");
        add(Actor.policy("leaks"), "policy-warned", "job 8", 8L, "leak");
        Instant later = Instant.now().plusSeconds(60);

        assertThat(actions(ALL)).containsExactly("policy-warned", "order-kill");
        assertThat(actions(new Audit.Filter("anna", null, null, null, null, null)))
                .containsExactly("order-kill");
        assertThat(actions(new Audit.Filter(null, "policy-warned", null, null, null, null)))
                .containsExactly("policy-warned");
        assertThat(actions(new Audit.Filter(null, null, 7L, null, null, null))).containsExactly("order-kill");
        assertThat(actions(new Audit.Filter(null, null, null, null, null, "100 %")))
                .containsExactly("order-kill");
        assertThat(actions(new Audit.Filter(null, null, null, null, null, "job 8")))
                .containsExactly("policy-warned");
        assertThat(actions(new Audit.Filter(null, null, null, later, null, null)))
                .isEmpty();
        assertThat(actions(new Audit.Filter(null, null, null, null, later, null)))
                .hasSize(2);
        assertThat(audit.search(ALL, 1, 1).entries())
                .extracting(AuditEntry::action)
                .containsExactly("order-kill");
    }

    @Test
    void aChangedEntryShows() {
        IntStream.rangeClosed(1, 5).forEach(i -> add(ANNA, "did", "job " + i, (long) i, "why " + i));
        Audit.Checked before = audit.check();
        assertThat(before.entries()).isEqualTo(5);
        assertThat(before.firstWrong()).isNull();

        for (String change : List.of(
                "about = 'other'",
                "who = 'bert'",
                "actor = 'ADMIN'",
                "action = 'x'",
                "subject = 'job 99'",
                "job_id = NULL",
                "at = at + INTERVAL 1 SECOND")) {
            new TransactionTemplate(transactions).executeWithoutResult(status -> {
                jdbc.sql("UPDATE audit SET " + change + " WHERE id = 3").update();
                assertThat(audit.check().firstWrong()).as(change).isEqualTo(3);
                status.setRollbackOnly();
            });
        }
        assertThat(audit.check()).isEqualTo(before);
    }

    @Test
    void anEntryThatIsGoneShows_alsoTheLastOne() {
        IntStream.rangeClosed(1, 5).forEach(i -> add(ANNA, "did", "job " + i, (long) i, "why"));

        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            jdbc.sql("DELETE FROM audit WHERE id = 5").update();
            assertThat(audit.check().firstWrong()).isEqualTo(5);
            status.setRollbackOnly();
        });
        jdbc.sql("DELETE FROM audit WHERE id = 2").update();
        assertThat(audit.check().firstWrong()).isEqualTo(2);
    }

    @Test
    void anEntryIsThereWithWhatItTells_orNot() {
        new TransactionTemplate(transactions).executeWithoutResult(status -> {
            audit.add(ANNA, "did", "job 1", 1L, "");
            status.setRollbackOnly();
        });
        assertThat(audit.search(ALL, 0, 10).total()).isZero();
        add(ANNA, "did", "job 2", 2L, "x".repeat(2000));
        assertThat(audit.check().firstWrong()).isNull();
        assertThat(audit.search(ALL, 0, 10).entries().getFirst().about()).hasSize(1000);
        assertThatThrownBy(() -> audit.add(ANNA, "did", "job 3", 3L, ""))
                .isInstanceOf(IllegalTransactionStateException.class);
    }

    @Test
    void manyAtOnceMakeOneChain() {
        IntStream.range(0, 40).parallel().forEach(i -> add(ANNA, "did", "job " + i, (long) i, "why"));

        assertThat(audit.check().entries()).isEqualTo(40);
        assertThat(audit.check().firstWrong()).isNull();
    }

    private void add(Actor actor, String action, String subject, Long job, String about) {
        new TransactionTemplate(transactions)
                .executeWithoutResult(status -> audit.add(actor, action, subject, job, about));
    }

    private List<String> actions(Audit.Filter filter) {
        return audit.search(filter, 0, 10).entries().stream()
                .map(AuditEntry::action)
                .toList();
    }
}
