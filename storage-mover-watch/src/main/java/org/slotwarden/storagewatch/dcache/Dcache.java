package org.slotwarden.storagewatch.dcache;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slotwarden.storagewatch.storage.Look;
import org.slotwarden.storagewatch.storage.Storage;
import org.slotwarden.wire.v1.ReleaseOrder;
import org.slotwarden.wire.v1.ReleaseResult;
import org.slotwarden.wire.v1.StoragePool;

/**
 * A dCache as its site lets us see it: through the frontend, and where that tells nothing, on the public pages of
 * the old httpd.
 */
public final class Dcache implements Storage {

    private final @Nullable DcacheFrontend frontend;
    private final @Nullable PublicPages pages;

    /** One of the two may be null. */
    public Dcache(@Nullable DcacheFrontend frontend, @Nullable PublicPages pages) {
        if (frontend == null && pages == null) {
            throw new IllegalArgumentException("neither a frontend nor public pages");
        }
        this.frontend = frontend;
        this.pages = pages;
    }

    @Override
    public Look look() throws InterruptedException {
        if (frontend == null) {
            return pagesOnly().look();
        }
        Look look = frontend.look();
        if (pages == null || !nothing(look)) {
            return look;
        }
        Look other = pages.look();
        // Both are the same dCache: what the frontend asked for counts for the next look at it.
        return other.pools().isEmpty() ? look : other.notBefore(look.notBefore());
    }

    private PublicPages pagesOnly() {
        if (pages == null) {
            throw new IllegalStateException("neither a frontend nor public pages");
        }
        return pages;
    }

    private static boolean nothing(Look look) {
        List<StoragePool> pools = look.pools();
        return look.movers().isEmpty() && pools.stream().allMatch(StoragePool::getUnread);
    }

    @Override
    public ReleaseResult.Builder release(ReleaseOrder order) throws InterruptedException {
        return frontend == null ? pagesOnly().release(order) : frontend.release(order);
    }
}
