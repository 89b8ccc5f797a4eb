package org.slotwarden.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slotwarden.wire.v1.StorageAddresses;

class StorageHostsTest {

    private final StorageHosts hosts = new StorageHosts();

    private void learn(long version, List<String> addresses) {
        hosts.learn(StorageAddresses.newBuilder()
                .setVersion(version)
                .addAllAddresses(addresses)
                .build());
    }

    @Test
    void theLatestCountAndNoneMeansNothingToLookFor() {
        assertThat(hosts.version()).isZero();
        learn(5, List.of("192.0.2.7", "::ffff:192.0.2.7", "2001:db8::7"));
        assertThat(hosts.version()).isEqualTo(5);
        assertThat(hosts.addresses())
                .extracting(IpAddress::toString)
                .containsExactlyInAnyOrder("192.0.2.7", "2001:db8:0:0:0:0:0:7");
        learn(6, List.of());
        assertThat(hosts.version()).isEqualTo(6);
        assertThat(hosts.any()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "example.org",
                "",
                " 192.0.2.7",
                "192.0.2.256",
                "0.0.0.0",
                "::",
                "::ffff:0.0.0.0",
                "fe80::1%no-such-device",
                "192.0.2.7\n",
                "2001:db8:0000:0000:0000:0000:0000:0007:00000000"
            })
    void oneThatIsNoAddressMakesAllOfThemUnusable(String hostile) {
        learn(5, List.of("192.0.2.7"));
        learn(6, List.of("192.0.2.8", hostile));
        assertThat(hosts.version()).as("so the portal names them again").isEqualTo(5);
        assertThat(hosts.addresses()).extracting(IpAddress::toString).containsExactly("192.0.2.7");
    }

    @Test
    void tooManyOrNoVersionAreNotUsed() {
        List<String> many = IntStream.rangeClosed(0, 2000)
                .mapToObj(i -> "10.0." + i / 250 + "." + i % 250)
                .toList();
        learn(5, many);
        learn(0, List.of("192.0.2.7"));
        assertThat(hosts.version()).isZero();
        assertThat(hosts.any()).isFalse();
        learn(7, many.subList(1, 2001));
        assertThat(hosts.addresses()).hasSize(2000);
    }

    @Test
    void addressesAreReadAsTheKernelPrintsThem() {
        boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        assertThat(inTable(little ? "070200C0:01BB" : "C0000207:01BB")).isEqualTo("192.0.2.7");
        assertThat(inTable(little ? "0000000000000000FFFF0000070200C0" : "00000000000000000000FFFFC0000207"))
                .isEqualTo("192.0.2.7");
        assertThat(inTable(little ? "B80D0120000000000000000007000000 " : "20010DB8000000000000000000000007 "))
                .isEqualTo("2001:db8:0:0:0:0:0:7");
        assertThat(inTable("local_address")).isEqualTo("null");
        assertThat(inTable("0702")).isEqualTo("null");
        assertThat(inTable("")).isEqualTo("null");
    }

    private static String inTable(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return String.valueOf(IpAddress.inTable(bytes, bytes.length, 0));
    }
}
