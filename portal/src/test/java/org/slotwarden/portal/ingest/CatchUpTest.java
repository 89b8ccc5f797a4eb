package org.slotwarden.portal.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.mockito.invocation.InvocationOnMock;
import org.mockito.stubbing.Answer;
import org.slotwarden.portal.job.JobRegister;
import org.slotwarden.portal.job.SlotFigures;
import org.slotwarden.portal.job.UnshownSlots;
import org.slotwarden.portal.series.SampleStore;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** What goes wrong while lists are brought up to date. {@link BusyTest} has what goes well. */
class CatchUpTest {

    private final UnshownSlots slots = mock(UnshownSlots.class);
    private final SampleStore samples = mock(SampleStore.class);
    private final JobRegister register = mock(JobRegister.class);
    private final Set<Long> shown = new TreeSet<>();
    private final CatchUp catchUp = new CatchUp(
            slots,
            samples,
            register,
            new TransactionTemplate(mock(PlatformTransactionManager.class)),
            Clock.systemUTC());

    @Test
    void whatFailsIsTriedAgain_andWhatCanNeverBeShownStopsNoOther() {
        List<UnshownSlots.OfLiveJob> some = LongStream.rangeClosed(1, 9)
                .mapToObj(id -> new UnshownSlots.OfLiveJob(id, id, null))
                .toList();
        when(slots.after(anyLong(), anyInt()))
                .thenThrow(new TransientDataAccessResourceException("away"))
                .thenReturn(some)
                .thenReturn(List.of());
        when(samples.newest(any())).thenAnswer(call -> {
            Map<Long, Instant> newest = new HashMap<>();
            Collection<Long> ids = call.getArgument(0);
            ids.forEach(id -> newest.put(id, Instant.now()));
            return newest;
        });
        doAnswer(new Answer<Void>() {
                    private int calls;

                    @Override
                    public Void answer(InvocationOnMock call) {
                        if (++calls == 1) {
                            throw new TransientDataAccessResourceException("away again");
                        }
                        Collection<SlotFigures> figures = call.getArgument(0);
                        if (figures.stream().anyMatch(one -> one.slotId() == 4)) {
                            throw new DataIntegrityViolationException("Out of range");
                        }
                        figures.forEach(one -> shown.add(one.slotId()));
                        return null;
                    }
                })
                .when(register)
                .show(any(), any());

        catchUp.run();

        assertThat(shown).containsExactly(1L, 2L, 3L, 5L, 6L, 7L, 8L, 9L);
    }
}
