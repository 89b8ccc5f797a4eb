package org.slotwarden.agent.probe;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slotwarden.wire.WireContract;
import org.slotwarden.wire.v1.StorageAddresses;

/**
 * The hosts of the site's storage, as the portal named them to this process. None at first: the portal sees that by
 * the version, and names them with its next answer. Thread-safe.
 */
public final class StorageHosts {

    private static final Logger LOG = LoggerFactory.getLogger(StorageHosts.class);

    /** Longer is no numeric address. */
    private static final int LONGEST = 45;

    private record Known(long version, Set<IpAddress> addresses) {}

    private volatile Known known = new Known(0, Set.of());
    private volatile long refused;

    /** As {@code ReportBatch.storage_addresses_version}. */
    public long version() {
        return known.version;
    }

    Set<IpAddress> addresses() {
        return known.addresses;
    }

    /** Whether there is anything to look for. */
    public boolean any() {
        return !known.addresses.isEmpty();
    }

    /**
     * Takes what the portal names instead of what it named before; all of it, or nothing when part of it makes no
     * sense. No name is looked up.
     */
    public void learn(StorageAddresses told) {
        try {
            Set<IpAddress> addresses = parse(told.getVersion(), told.getAddressesList());
            int before = known.addresses.size();
            known = new Known(told.getVersion(), addresses);
            if (addresses.size() != before) {
                LOG.info(
                        "the portal named {} addresses of storage hosts: connections of jobs to them are told",
                        addresses.size());
            }
        } catch (IllegalArgumentException e) {
            // It names them with every answer, as we go on without.
            if (refused != told.getVersion() || told.getVersion() == 0) {
                LOG.warn("the addresses of storage hosts that the portal named are not used: {}", e.getMessage());
            }
            refused = told.getVersion();
        }
    }

    private static Set<IpAddress> parse(long version, List<String> texts) {
        if (version == 0) {
            throw new IllegalArgumentException("they have no version");
        }
        if (texts.size() > WireContract.MAX_STORAGE_HOSTS) {
            throw new IllegalArgumentException(texts.size() + " are more than " + WireContract.MAX_STORAGE_HOSTS);
        }
        Set<IpAddress> addresses = new HashSet<>();
        for (int i = 0; i < texts.size(); i++) {
            addresses.add(parse(texts.get(i), i + 1));
        }
        return Set.copyOf(addresses);
    }

    /** Not the text itself goes into the log: it may be anything. */
    private static IpAddress parse(String text, int number) {
        try {
            if (text.length() <= LONGEST) {
                IpAddress address = IpAddress.of(InetAddress.ofLiteral(text));
                if (!address.isAny()) {
                    return address;
                }
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("no address", e);
        }
        throw new IllegalArgumentException("number " + number + " is no numeric address of a host");
    }
}
