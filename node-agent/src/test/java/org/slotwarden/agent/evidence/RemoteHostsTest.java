package org.slotwarden.agent.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.slotwarden.wire.v1.HostEvidence;
import org.slotwarden.wire.v1.SocketCount.Kind;

class RemoteHostsTest {

    /** As x86 and ARM machines print 127.0.0.1 and 10.0.0.2; a big-endian one would not. */
    private static final String LOOPBACK = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "0100007F" : "7F000001";

    private static final String TABLE = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 11 1 0 100 0 0 10 0
               1: LOOPBACK:1F90 LOOPBACK:C001 01 00000000:00000000 00:00000000 00000000  1000        0 12 1 0 20 4 24 10 -1
               2: LOOPBACK:1F90 LOOPBACK:C002 01 00000000:00000000 00:00000000 00000000  1000        0 13 1 0 20 4 24 10 -1
               3: LOOPBACK:C003 LOOPBACK:01BB 08 00000000:00000000 00:00000000 00000000  1000        0 14 1 0 20 4 24 10 -1
               4: LOOPBACK:C004 LOOPBACK:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 99 1 0 20 4 24 10 -1
               garbage
               5: : : : : : : : : 14
            """.replace("LOOPBACK", LOOPBACK);

    @Test
    void countsWhatIsAlikeTogetherAndTellsWhoCalledWhom() throws IOException {
        RemoteHosts hosts = new RemoteHosts(11L, 12L, 13L, 14L);
        hosts.read(new ByteArrayInputStream(TABLE.getBytes(StandardCharsets.US_ASCII)), Kind.TCP);

        assertThat(hosts.hosts())
                .extracting(
                        HostEvidence::getHost,
                        HostEvidence::getPort,
                        HostEvidence::getState,
                        HostEvidence::getIncoming,
                        HostEvidence::getCount)
                .as("the socket of another job, 99, is not told")
                .containsExactly(
                        tuple("127.0.0.1", 0x1F90, 1, true, 2),
                        tuple("", 0x1F90, 10, false, 1),
                        tuple("127.0.0.1", 443, 8, false, 1));
    }

    @Test
    void addressesOfTheNewerProtocolAreRead() throws IOException {
        String zero = "00000000";
        String one = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? "01000000" : "00000001";
        String line =
                "0: %s:C003 %s:01BB 01 0:0 00:0 0 1000 0 14 1 0\n".formatted(zero.repeat(4), zero.repeat(3) + one);
        RemoteHosts hosts = new RemoteHosts(14L);
        hosts.read(new ByteArrayInputStream(line.getBytes(StandardCharsets.US_ASCII)), Kind.TCP);

        assertThat(hosts.hosts()).extracting(HostEvidence::getHost).containsExactly("0:0:0:0:0:0:0:1");
    }
}
