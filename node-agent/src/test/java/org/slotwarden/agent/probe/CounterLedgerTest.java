package org.slotwarden.agent.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slotwarden.agent.probe.CounterLedger.Row;

/** Frames of a job's life; of each counter only the first is looked at. */
class CounterLedgerTest {

    private final CounterLedger ledger = new CounterLedger();

    /** @param own what the process consumed itself, @param reaped what children it waited for consumed */
    private static Row process(int pid, int parent, long own, long reaped) {
        return new Row(pid, pid * 10L, parent, counters(own + reaped), counters(reaped));
    }

    private static long[] counters(long first) {
        long[] counters = new long[CounterLedger.COUNTERS];
        counters[0] = first;
        return counters;
    }

    private static byte[] save(CounterLedger ledger) {
        ByteBuffer buffer = ByteBuffer.allocate(ledger.savedBytes());
        ledger.save(buffer);
        return buffer.array();
    }

    private long update(Row... rows) {
        return update(ledger, rows);
    }

    private static long update(CounterLedger ledger, Row... rows) {
        Map<Integer, Row> now = new HashMap<>();
        for (Row row : rows) {
            now.put(row.pid(), row);
        }
        return ledger.update(now)[0];
    }

    @Test
    void aChildThatWasWaitedForCountsOnce() {
        assertThat(update(process(1, 0, 10, 0), process(2, 1, 100, 0))).isEqualTo(110);
        // It ran to 130 before it ended; its parent took all of that over.
        assertThat(update(process(1, 0, 11, 130))).isEqualTo(141);
    }

    @Test
    void aChildThatNobodyInTheJobWaitedForIsKept() {
        assertThat(update(process(1, 0, 10, 0), process(2, 1, 100, 0))).isEqualTo(110);
        assertThat(update(process(1, 0, 15, 0))).isEqualTo(115);
        assertThat(update(process(1, 0, 20, 0))).isEqualTo(120);
    }

    @Test
    void aChildThatWasReapedBetweenTwoReadsCountsOnce() {
        assertThat(update(process(1, 0, 10, 0), process(2, 1, 100, 0))).isEqualTo(110);
        // The parent was read, then it waited for the child, then the child was looked for.
        assertThat(update(process(1, 0, 11, 0))).isEqualTo(111);
        assertThat(update(process(1, 0, 12, 105))).isEqualTo(117);
        assertThat(update(process(1, 0, 13, 105))).isEqualTo(118);
    }

    @Test
    void alsoWhenTheParentEndsBeforeTheNextLook() {
        update(process(1, 0, 0, 0), process(2, 1, 10, 0), process(3, 2, 100, 0));
        assertThat(update(process(1, 0, 0, 0), process(2, 1, 10, 0))).isEqualTo(110);
        assertThat(update(process(1, 0, 0, 112))).isEqualTo(112);
    }

    @Test
    void whatNobodyWaitedForStaysWhenAnotherChildIsReapedLater() {
        update(process(1, 0, 0, 0), process(2, 1, 100, 0));
        assertThat(update(process(1, 0, 0, 0))).isEqualTo(100);
        assertThat(update(process(1, 0, 0, 0), process(3, 1, 5, 0))).isEqualTo(105);
        assertThat(update(process(1, 0, 0, 6))).isEqualTo(106);
    }

    @Test
    void anOrphanIsKept() {
        update(process(1, 0, 10, 0), process(2, 1, 100, 0));
        assertThat(update(process(2, 900, 120, 0))).as("the parent is gone").isEqualTo(130);
        assertThat(update()).isEqualTo(130);
    }

    @Test
    void aWholeBranchThatEndedIsInItsNearestLivingAncestor() {
        update(process(1, 0, 1, 0), process(2, 1, 10, 0), process(3, 2, 100, 0));
        assertThat(update(process(1, 0, 1, 112))).isEqualTo(113);
    }

    @Test
    void ofTwoThatEndedOneWasWaitedFor() {
        update(process(1, 0, 0, 0), process(2, 1, 100, 0), process(3, 1, 30, 0));
        assertThat(update(process(1, 0, 0, 100))).isEqualTo(130);
    }

    @Test
    void aPidUsedAgainIsAnotherProcess() {
        update(process(1, 0, 1, 0), process(2, 900, 50, 0));
        Row again = new Row(
                2, 999, 1, process(2, 1, 3, 0).total(), process(2, 1, 3, 0).absorbed());
        assertThat(update(process(1, 0, 1, 0), again)).isEqualTo(54);
    }

    @Test
    void anotherRunOfTheAgentGoesOn() {
        update(process(1, 0, 10, 0), process(2, 900, 100, 0));
        CounterLedger next = new CounterLedger();
        next.restore(ByteBuffer.wrap(save(ledger)));
        assertThat(next.processes()).isEqualTo(Map.of(1, 10L, 2, 20L));
        assertThat(update(next, process(1, 0, 12, 0))).isEqualTo(112);
    }

    @Test
    void theFirstVersionsFileIsRead() {
        // One row; six counters each of what ended, what was reported, and of the row's two.
        ByteBuffer old = ByteBuffer.allocate(4 + 2 * 48 + 16 + 2 * 48);
        old.putInt(1).putLong(5).position(4 + 48);
        old.putLong(105).position(4 + 96);
        old.putInt(2).putLong(20).putInt(1).putLong(100);
        ledger.restore(old.rewind());
        assertThat(ledger.processes()).isEqualTo(Map.of(2, 20L));
        assertThat(update(process(2, 1, 110, 0))).isEqualTo(115);
    }

    @Test
    void aFileThatIsNotWholeIsRefusedAndChangesNothing() {
        update(process(1, 0, 10, 0), process(2, 900, 100, 0));
        byte[] saved = save(ledger);
        for (int length = 0; length < saved.length; length++) {
            CounterLedger next = new CounterLedger();
            ByteBuffer cut = ByteBuffer.wrap(saved, 0, length);
            assertThatThrownBy(() -> next.restore(cut)).isInstanceOf(BufferUnderflowException.class);
            assertThat(next.processes()).isEmpty();
        }
        CounterLedger next = new CounterLedger();
        assertThatThrownBy(() -> next.restore(ByteBuffer.wrap("not a file of ours at all".getBytes(UTF_8))))
                .isInstanceOf(BufferUnderflowException.class);
    }

    @Test
    void aBetterSourceRaisesAndNothingFalls() {
        update(process(1, 0, 10, 0));
        ledger.raise(0, 500);
        assertThat(update(process(1, 0, 11, 0))).isEqualTo(500);
        assertThat(update()).isEqualTo(500);
    }
}
