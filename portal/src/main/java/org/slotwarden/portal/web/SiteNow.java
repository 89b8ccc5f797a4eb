package org.slotwarden.portal.web;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.slotwarden.judging.FlagKind;
import org.slotwarden.portal.database.RowCache;
import org.slotwarden.portal.flag.Flag;
import org.slotwarden.portal.flag.FlagFilter;
import org.slotwarden.portal.flag.FlagQueries;
import org.slotwarden.portal.flag.FlagState;
import org.slotwarden.portal.flag.SaidOfFlag;
import org.slotwarden.portal.job.LiveJobs;
import org.slotwarden.portal.node.Nodes;
import org.slotwarden.portal.storage.StorageAlarm;
import org.slotwarden.portal.storage.StorageQueries;
import org.slotwarden.portal.user.Viewer;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * What the overview and the frame of each page say of the site. All admins see the same, and have it open all day: they
 * share one copy. Of what others see, nothing is kept.
 */
@Component
class SiteNow implements RowCache {
    private static final int MOST_FLAGS = 10;
    private static final int TOP = 5;
    /** Not yet acknowledged before acknowledged, severe before mild, new before old. */
    private static final Comparator<Flag> URGENCY = Comparator.comparing((Flag flag) -> flag.state() != FlagState.OPEN)
            .thenComparing(Flag::severity, Comparator.reverseOrder())
            .thenComparing(Flag::raisedAt, Comparator.reverseOrder());

    /** Sees what all admins see. */
    private static final Viewer ANY_ADMIN = new Viewer("", true);

    private final LiveJobs jobs;
    private final FlagQueries flags;
    private final Nodes nodes;
    private final StorageQueries storage;
    private final StorageView storageView;
    private final Clock clock;
    private final SharedCopy<Overview> overview;
    private final SharedCopy<Map<FlagKind, Long>> standing;

    SiteNow(
            LiveJobs jobs,
            FlagQueries flags,
            Nodes nodes,
            StorageQueries storage,
            StorageView storageView,
            Clock clock) {
        this.jobs = jobs;
        this.flags = flags;
        this.nodes = nodes;
        this.storage = storage;
        this.storageView = storageView;
        this.clock = clock;
        overview = new SharedCopy<>(() -> look(ANY_ADMIN), clock);
        standing = new SharedCopy<>(() -> flags.standingByKind(ANY_ADMIN), clock);
    }

    /**
     * @param standing flags by kind; kinds without any are left out
     * @param urgent flags, the most urgent first
     * @param alarms of storage systems, the most urgent first
     */
    record Overview(
            LiveJobs.Overview live,
            Map<FlagKind, Long> standing,
            List<Flag> urgent,
            List<StorageView.AlarmRow> alarms,
            Nodes.Reporting reporting) {}

    /** With the time at which it was so. */
    SharedCopy.Made<Overview> overview(Viewer viewer) {
        if (viewer.admin()) {
            return overview.get();
        }
        Instant now = clock.instant();
        return new SharedCopy.Made<>(look(viewer), now);
    }

    /** How many flags of each kind stand, for pages other than the overview; kinds without any are left out. */
    Map<FlagKind, Long> standingByKind(Viewer viewer) {
        return viewer.admin() ? standing.get().copy() : flags.standingByKind(viewer);
    }

    /** Somebody has changed what is shown, by a page or by REST, and wants to see it. */
    @TransactionalEventListener(SaidOfFlag.class)
    void changed() {
        forget();
    }

    @Override
    public void forget() {
        overview.forget();
        standing.forget();
    }

    private Overview look(Viewer viewer) {
        List<Flag> urgent = flags.search(FlagFilter.STANDING, 0, 100, viewer).flags().stream()
                .sorted(URGENCY)
                .limit(MOST_FLAGS)
                .toList();
        return new Overview(
                jobs.overview(TOP, viewer), flags.standingByKind(viewer), urgent, alarms(viewer), nodes.reporting());
    }

    private List<StorageView.AlarmRow> alarms(Viewer viewer) {
        List<StorageAlarm> open = storage.alarms(null, false, viewer);
        return open.isEmpty() ? List.of() : storageView.alarms(open, storage.pools(null), storage.systems());
    }
}
