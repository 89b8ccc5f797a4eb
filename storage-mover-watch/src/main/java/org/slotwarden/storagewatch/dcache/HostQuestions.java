package org.slotwarden.storagewatch.dcache;

import java.time.Clock;
import java.time.Duration;
import org.slotwarden.storagewatch.http.Refusal;
import org.slotwarden.storagewatch.storage.Troubles;

/** Asks dCache where its doors and pools are. */
final class HostQuestions {

    private static final Duration HOSTS_GOOD_FOR = Duration.ofMinutes(10);
    private static final Duration POOL_HOSTS_GOOD_FOR = Duration.ofHours(12);

    private final Frontend frontend;
    private final HostBook hosts;
    private final Troubles troubles;
    private final Clock clock;
    private long doorsReadMs;
    private long hostsAskedMs;

    HostQuestions(Frontend frontend, HostBook hosts, Troubles troubles, Clock clock) {
        this.frontend = frontend;
        this.hosts = hosts;
        this.troubles = troubles;
        this.clock = clock;
        this.hostsAskedMs = clock.millis();
    }

    /** Not worth a failed look: what is not known now is asked for next time. */
    void ask(PoolList pools, MoverRound round) throws InterruptedException {
        if (frontend.over()) {
            return;
        }
        try {
            if (clock.millis() - hostsAskedMs > POOL_HOSTS_GOOD_FOR.toMillis()) {
                hosts.askAgain();
                hostsAskedMs = clock.millis();
            }
            if (clock.millis() - doorsReadMs > HOSTS_GOOD_FOR.toMillis()) {
                readDoors();
                doorsReadMs = clock.millis();
            }
        } catch (Refusal e) {
            troubles.add("hosts-unread", e.text());
        }
        for (String pool : hosts.unasked(pools.names())) {
            if (frontend.over()) {
                return;
            }
            if (round.failed(pool)) {
                continue;
            }
            try {
                frontend.get(
                        "/api/v1/pools/" + Frontend.escaped(pool) + "/usage",
                        Frontend.MAX_LIST_BYTES,
                        (body, headers) -> {
                            hosts.readPool(pool, body);
                            return pool;
                        });
            } catch (Refusal e) {
                if (e.concernsAll() || e.kind() == Refusal.Kind.BUSY) {
                    return;
                }
                hosts.notTold(pool);
            }
        }
    }

    void readDoors() throws Refusal, InterruptedException {
        frontend.get("/api/v1/doors", Frontend.MAX_LIST_BYTES, (body, headers) -> {
            hosts.readDoors(body);
            return hosts;
        });
    }
}
