package org.slotwarden.portal.flag;

import static org.mockito.Mockito.mock;

import java.time.Clock;
import org.slotwarden.portal.evidence.EvidenceRequests;
import org.slotwarden.portal.job.HeldBackSamples;
import org.slotwarden.portal.job.JobFlags;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.notice.FlagNotices;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The judgement of a portal that has just been started, without a database and without agents to ask. */
final class JudgementWithout {

    private JudgementWithout() {}

    static Judgement database(
            FlagProperties properties,
            JobRequests requests,
            JobHistory history,
            FlagStore store,
            RuleFlags ruleFlags,
            Clock clock) {
        TransactionTemplate transaction = new TransactionTemplate(mock(PlatformTransactionManager.class));
        return new Judgement(
                properties,
                new CaseOpening(
                        properties,
                        new QueueSettings(properties),
                        requests,
                        history,
                        new JobArrays(requests, history),
                        store,
                        ruleFlags),
                new FlagSettling(
                        properties,
                        store,
                        ruleFlags,
                        mock(JobFlags.class),
                        mock(HeldBackSamples.class),
                        mock(EvidenceRequests.class),
                        mock(FlagNotices.class),
                        mock(MoversHeld.class),
                        transaction,
                        clock),
                ruleFlags,
                history,
                store,
                mock(JobQueries.class),
                transaction,
                clock);
    }
}
