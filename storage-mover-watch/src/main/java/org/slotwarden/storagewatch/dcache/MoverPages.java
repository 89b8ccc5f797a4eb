package org.slotwarden.storagewatch.dcache;

import java.time.Clock;
import org.slotwarden.storagewatch.http.Refusal;

/** The movers of a pool. dCache bounds such a list, and says how long it would be: what is missing is asked for. */
final class MoverPages {

    private static final int PAGE = 1_000;
    private static final int MOST_PAGES = 60;

    private final Frontend frontend;
    private final Clock clock;

    MoverPages(Frontend frontend, Clock clock) {
        this.frontend = frontend;
        this.clock = clock;
    }

    /** @param most movers that are kept */
    PoolMovers read(String pool, int most) throws Refusal, InterruptedException {
        PoolMovers movers = new PoolMovers(pool, clock.millis(), most);
        String path = "/api/v1/pools/" + Frontend.escaped(pool) + "/movers";
        long[] total = new long[1];
        int read = frontend.get(path, Frontend.MAX_LIST_BYTES, (body, headers) -> {
            total[0] = headers.total().orElse(0);
            return movers.read(body);
        });
        for (int page = 0; read < total[0] && page < MOST_PAGES; page++) {
            int more = frontend.get(
                    path + "?offset=" + read + "&limit=" + PAGE,
                    Frontend.MAX_LIST_BYTES,
                    (body, headers) -> movers.read(body));
            if (more == 0) {
                break; // some have ended meanwhile
            }
            read += more;
        }
        return movers;
    }
}
