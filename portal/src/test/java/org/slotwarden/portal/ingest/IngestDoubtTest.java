package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slotwarden.portal.evidence.EvidenceRequests;
import org.slotwarden.portal.job.JobRegister;
import org.slotwarden.portal.job.SlotNews;
import org.slotwarden.portal.node.AgentProcesses;
import org.slotwarden.portal.node.NodeSamples;
import org.slotwarden.portal.node.Nodes;
import org.slotwarden.portal.node.ReportingNode;
import org.slotwarden.portal.order.OrderResults;
import org.slotwarden.portal.series.LatestSamples;
import org.slotwarden.portal.series.SampleStore;
import org.slotwarden.portal.storage.MoverCounts;
import org.slotwarden.portal.storage.SlotConnections;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.transaction.support.TransactionTemplate;

/** After which failures a slot has to be looked up again. */
class IngestDoubtTest {

    private final PlatformTransactionManager transactions = mock(PlatformTransactionManager.class);
    private final SampleStore samples = mock(SampleStore.class);
    private final JobRegister register = mock(JobRegister.class);
    private final Ingest ingest = new Ingest(
            mock(Nodes.class),
            mock(NodeSamples.class),
            register,
            samples,
            mock(AgentProcesses.class),
            mock(EvidenceRequests.class),
            mock(OrderResults.class),
            mock(SlotConnections.class),
            mock(MoverCounts.class),
            mock(Answers.class),
            new TransactionTemplate(transactions),
            Clock.systemUTC());
    private final LiveSlots live = new LiveSlots();

    @BeforeEach
    void knownSlots() {
        for (String key : List.of("told", "other")) {
            live.put(key, new LiveSlot(1, 1, 1, LatestSamples.NONE, Unshown.NOTHING), Instant.now());
        }
        when(register.tell(any(), any())).thenReturn(List.of(Map.of()));
        when(samples.store(any())).thenAnswer(call -> {
            List<SampleStore.Told> told = List.copyOf(call.getArgument(0));
            return told.stream()
                    .map(one -> new SampleStore.Added(one, List.of(), one.known()))
                    .toList();
        });
    }

    @Test
    void withoutAConnectionNothingCanHaveBeenCommitted() {
        when(transactions.getTransaction(any())).thenThrow(new CannotCreateTransactionException("no connection"));

        assertThatThrownBy(this::store).isInstanceOf(CannotCreateTransactionException.class);

        assertThat(live.certain("told")).isTrue();
    }

    @Test
    void aCommitThatFailedMayHaveBeenOne_ofWhatWasTold() {
        doThrow(new TransactionSystemException("connection lost"))
                .when(transactions)
                .commit(any());

        assertThatThrownBy(this::store).isInstanceOf(TransactionSystemException.class);

        assertThat(live.certain("told")).isFalse();
        assertThat(live.certain("other")).isTrue();
    }

    private void store() {
        var news = new SlotNews("told", null, null, null, null, null, null, null, null);
        ingest.store(
                List.of(new Contents(
                        new ReportingNode(1, "n1"),
                        Instant.now(),
                        "test",
                        null,
                        null,
                        List.of(),
                        List.of(new SlotReader.Read(news, List.of())),
                        List.of(),
                        List.of(),
                        null)),
                live);
    }
}
