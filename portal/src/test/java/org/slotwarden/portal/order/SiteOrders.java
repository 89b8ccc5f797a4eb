package org.slotwarden.portal.order;

import java.time.Clock;
import org.slotwarden.portal.audit.Audit;
import org.slotwarden.portal.batch.BatchSystems;
import org.slotwarden.portal.job.JobQueries;
import org.slotwarden.portal.job.JobSampling;
import org.springframework.stereotype.Component;

/** Orders at a site whose batch systems are configured otherwise. Used within a transaction. */
@Component
public class SiteOrders {

    private final OrderStore store;
    private final OrderKey key;
    private final OrderBell bell;
    private final OrderSettings settings;
    private final CommandStore commands;
    private final JobQueries jobs;
    private final JobSampling sampling;
    private final OrderNotices notices;
    private final Audit audit;

    SiteOrders(
            OrderStore store,
            OrderKey key,
            OrderBell bell,
            OrderSettings settings,
            CommandStore commands,
            JobQueries jobs,
            JobSampling sampling,
            OrderNotices notices,
            Audit audit) {
        this.store = store;
        this.key = key;
        this.bell = bell;
        this.settings = settings;
        this.commands = commands;
        this.jobs = jobs;
        this.sampling = sampling;
        this.notices = notices;
        this.audit = audit;
    }

    public Orders of(BatchSystems site) {
        return new Orders(
                store, key, bell, settings, site, commands, jobs, sampling, notices, audit, Clock.systemUTC());
    }
}
